/** Heads by a score of a detection. */
import type { HeadRef } from '../../../engine/results/units.ts';
import type { RetrieveTable } from '../../api/retrieveTable.ts';
import { headName } from '../../state/headNames.ts';

export interface RankedHead extends HeadRef {
  readonly name: string;
  readonly rank: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly n: number;
  /** Share of runs with a copy. */
  readonly active: number;
}

/** Best first; of equal ones the earlier. Heads that are not known yet are left out. */
export function rankedHeads({ header, scores, active }: RetrieveTable, score: string): readonly RankedHead[] {
  const column = scores.get(score);
  if (column === undefined) return [];
  const { heads } = header.shape;
  const order = [...column.mean.keys()].filter((at) => !Number.isNaN(column.mean[at]));
  order.sort((a, b) => (column.mean[b] ?? 0) - (column.mean[a] ?? 0) || a - b);
  return order.map((at, i) => {
    const ref = { layer: Math.floor(at / heads), head: at % heads };
    const [value, low, high] = [column.mean[at] ?? NaN, column.low[at] ?? NaN, column.high[at] ?? NaN];
    return {
      ...ref,
      name: headName(ref),
      rank: i + 1,
      value,
      low,
      high,
      n: column.n[at] ?? 0,
      active: active[at] ?? NaN,
    };
  });
}

/** Shares of heads whose mean copy count is 0, and is 0.1 or more. */
export function sharesOf(ranked: readonly RankedHead[]): { readonly zero: number; readonly atLeastTenth: number } {
  const share = (is: (value: number) => boolean) => ranked.filter(({ value }) => is(value)).length / ranked.length;
  return { zero: share((value) => value === 0), atLeastTenth: share((value) => value >= 0.1) };
}

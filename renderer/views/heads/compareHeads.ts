/** Two heads by every measure that knows both. */
import type { HeadRef } from '../../../engine/results/units.ts';
import type { HeadMeasure } from '../../api/measuresOfRun.ts';

/** With the ends of its 95 % interval, NaN where there is none. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface ComparedMeasure {
  readonly measure: HeadMeasure;
  readonly a: Estimate;
  readonly b: Estimate;
  /** Do their intervals not overlap? Null without intervals. Overlap does not mean that the heads are alike. */
  readonly apart: boolean | null;
}

export function compareHeads(list: readonly HeadMeasure[], a: HeadRef, b: HeadRef): readonly ComparedMeasure[] {
  const isNewest = ({ title, dataset }: HeadMeasure, at: number) =>
    list.findIndex((other) => other.title === title && other.dataset === dataset) === at;
  return list
    .filter(isNewest)
    .map((measure) => ({ measure, a: estimateOf(measure, a), b: estimateOf(measure, b) }))
    .filter((pair) => !Number.isNaN(pair.a.value) && !Number.isNaN(pair.b.value))
    .map((pair) => ({ ...pair, apart: areApart(pair.a, pair.b) }));
}

function estimateOf({ values, low, high, heads }: HeadMeasure, { layer, head }: HeadRef): Estimate {
  const at = layer * heads + head;
  return { value: values[at] ?? NaN, low: low[at] ?? NaN, high: high[at] ?? NaN };
}

function areApart(a: Estimate, b: Estimate): boolean | null {
  if ([a.low, a.high, b.low, b.high].some(Number.isNaN)) return null;
  return a.low > b.high || b.low > a.high;
}

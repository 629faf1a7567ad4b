/** What holding the weights in each way takes, as bars on one scale. */
import type { ResultOf } from '../../../engine/results/contract.ts';
import type { ModelChoice } from '../../state/workspace.ts';

export type Weights = NonNullable<ModelChoice['weights']>;
type Memory = ResultOf<'info'>['memory'];

const holdings = ['float32', 'quantised', 'mapped'] as const;

interface HoldingRow {
  readonly holding: (typeof holdings)[number];
  /** Bytes of weights and of all; null where it can't be held so, and why. */
  readonly cost: { readonly weights: number; readonly total: number } | null;
  readonly reason: string | null;
  readonly fits: boolean;
}

interface HoldingBars {
  readonly rows: readonly HoldingRow[];
  /** Bytes at the right end. */
  readonly most: number;
  /** Share of the width at which the free memory ends; null where that is further right. */
  readonly freeAt: number | null;
}

/** Free memory is part of the scale unless it is so much that the bars would be hairlines. */
export function holdingBars(memory: Memory): HoldingBars {
  const rows = holdings.map((holding) => rowOf(holding, memory));
  const largest = Math.max(1, ...rows.map(({ cost }) => cost?.total ?? 0));
  const most = Math.min(Math.max(largest, memory.free), 2.5 * largest);
  return { rows, most, freeAt: memory.free <= most ? memory.free / most : null };
}

function rowOf(holding: HoldingRow['holding'], memory: Memory): HoldingRow {
  const cost = memory[holding];
  if (cost.kind === 'impossible') return { holding, cost: null, reason: cost.reason, fits: false };
  return { holding, cost, reason: null, fits: cost.total <= memory.free };
}

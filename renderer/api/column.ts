/** Numbers of many units at once, written in place as rows come. */
import type { Summary } from '../../engine/results/records.ts';

/** Means with their 95 % intervals; `n` prompts each, 0 where unknown. */
export interface Column {
  readonly mean: Float32Array;
  readonly low: Float32Array;
  readonly high: Float32Array;
  readonly n: Uint32Array;
}

export function emptyColumn(cells: number): Column {
  const unknown = () => new Float32Array(cells).fill(NaN);
  return { mean: unknown(), low: unknown(), high: unknown(), n: new Uint32Array(cells) };
}

/** Was it unknown before? */
export function writeColumn(
  column: Column | undefined,
  at: number,
  { mean, interval: [low, high], n }: Pick<Summary, 'mean' | 'interval' | 'n'>,
): boolean {
  if (column === undefined || at >= column.mean.length) return false;
  const isNew = Number.isNaN(column.mean[at]);
  column.mean[at] = mean;
  column.low[at] = low;
  column.high[at] = high;
  column.n[at] = n;
  return isNew;
}

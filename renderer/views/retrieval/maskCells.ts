/** Length by depth before and after masking the top k. */
import type { MaskRows } from '../../../engine/results/maskPoints.ts';
import { maskCells } from '../../../engine/results/maskPoints.ts';
import type { DetectionGrid } from './detectionGrid.ts';
import { wilson } from './detectionGrid.ts';

/** Null where no run says length and depth. The share is of runs that were answered, given answers of first choices. */
export function maskGrid(rows: MaskRows, arm: number): DetectionGrid | null {
  const cells = maskCells(rows, arm);
  if (cells.length === 0) return null;
  const sorted = (values: readonly number[]) => [...new Set(values)].sort((a, b) => a - b);
  const [lengths, depths] = [sorted(cells.map(({ length }) => length)), sorted(cells.map(({ depth }) => depth))];
  const size = lengths.length * depths.length;
  const unknown = () => new Float32Array(size).fill(NaN);
  const grid = { lengths, depths, values: unknown(), low: unknown(), high: unknown(), n: new Uint32Array(size) };
  for (const { length, depth, n, correct, firstChoice } of cells) {
    const at = depths.indexOf(depth) * lengths.length + lengths.indexOf(length);
    const share = rows.header.mode === 'forced' ? firstChoice : correct / n;
    [grid.low[at], grid.high[at]] = wilson(share, n);
    grid.values[at] = share;
    grid.n[at] = n;
  }
  return grid;
}

/** Where the top k stand in lists of rows; null where they were not masked. */
export function topArm({ header: { arms } }: MaskRows, k: number): number | null {
  const at = arms.findIndex((arm) => arm.set === 'top' && arm.k === k);
  return at < 0 ? null : at;
}

/** Smallest first. */
export function maskedKs({ header: { arms } }: MaskRows): readonly number[] {
  return [...new Set(arms.filter(({ set }) => set === 'top').map(({ k }) => k))].sort((a, b) => a - b);
}

/** Success and copying by length and depth. */
import type { RetrievedRun } from '../../../engine/results/retrieve.ts';
import type { RetrieveTable } from '../../api/retrieveTable.ts';
import { formatNumber } from '../../marks/format.ts';
import { percentWords, withInterval } from './retrievalWords.ts';

export type CellNumber = 'success' | 'copied';

export interface DetectionGrid {
  /** Percent, the top row first. */
  readonly depths: readonly number[];
  readonly lengths: readonly number[];
  /** At [depth * lengths + length]; NaN where no run has come. */
  readonly values: Float32Array;
  readonly low: Float32Array;
  readonly high: Float32Array;
  /** Runs in each cell. */
  readonly n: Uint32Array;
}

/** Null for prepared runs that say neither length nor depth. */
export function detectionGrid({ header, runs }: RetrieveTable, number: CellNumber): DetectionGrid | null {
  const places = header.runs.flatMap(({ length, depth }) =>
    length === null || depth === null ? [] : [{ length, depth }],
  );
  if (places.length === 0) return null;
  const lengths = ascending(places.map(({ length }) => length));
  const depths = ascending(places.map(({ depth }) => depth));
  const cells = lengths.length * depths.length;
  const grid = { lengths, depths, ...emptyNumbers(cells) };
  const shares = Array.from({ length: cells }, (): number[] => []);
  for (const run of runsFor(number, header.mode, runs)) {
    const planned = header.runs[run.index];
    const share = number === 'success' ? successOf(run) : copiedShare(run, planned?.span ?? [0, 0]);
    if (planned?.length === undefined || planned.length === null || planned.depth === null || share === null) continue;
    shares[depths.indexOf(planned.depth) * lengths.length + lengths.indexOf(planned.length)]?.push(share);
  }
  shares.forEach((values, cell) => writeShare(grid, cell, values));
  return grid;
}

/** Success is that of the mode that was asked for; copies are those of runs that count, where any does. */
function runsFor(
  number: CellNumber,
  asked: RetrievedRun['mode'],
  runs: readonly RetrievedRun[],
): readonly RetrievedRun[] {
  if (number === 'success') return runs.filter(({ mode }) => mode === asked);
  const counted = runs.filter(({ counts }) => counts);
  return counted.length > 0 ? counted : runs;
}

function ascending(values: readonly number[]): readonly number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

function emptyNumbers(cells: number) {
  const unknown = () => new Float32Array(cells).fill(NaN);
  return { values: unknown(), low: unknown(), high: unknown(), n: new Uint32Array(cells) };
}

/** A generated run succeeded or not; of a given answer the share of tokens that were the model's first choice. */
function successOf({ success, correct }: Pick<RetrievedRun, 'success' | 'correct'>): number | null {
  if (success !== null) return Number(success);
  return correct === null || correct.length === 0 ? null : correct.filter(Boolean).length / correct.length;
}

/** Share of the span's tokens that some head copied. */
function copiedShare({ copies }: Pick<RetrievedRun, 'copies'>, [from, to]: readonly [number, number]): number | null {
  if (to <= from) return null;
  return new Set(copies.map(([, , , key]) => key)).size / (to - from);
}

function writeShare(grid: DetectionGrid, cell: number, shares: readonly number[]): void {
  if (shares.length === 0) return;
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  const [low, high] = wilson(mean, shares.length);
  grid.values[cell] = mean;
  grid.low[cell] = low;
  grid.high[cell] = high;
  grid.n[cell] = shares.length;
}

/**
 * 95 % interval of a share of n (Wilson 1927): it holds at 0 and 1 too, where a symmetric one says nothing.
 *
 *     (p + z²/2n ± z sqrt(p (1 − p) / n + z²/4n²)) / (1 + z²/n)
 */
export function wilson(share: number, n: number): readonly [low: number, high: number] {
  const z = 1.96;
  const middle = share + (z * z) / (2 * n);
  const half = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  return [Math.max(0, (middle - half) / scale), Math.min(1, (middle + half) / scale)];
}

/** `512 tokens, depth 33 %: answered 75 %, 0.75 [0.41, 0.93], n 8` */
export function cellWords(
  { lengths, depths, values, low, high, n }: DetectionGrid,
  cell: number,
  what: string,
): string {
  const depth = depths[Math.floor(cell / lengths.length)] ?? NaN;
  const place = `${formatNumber(lengths[cell % lengths.length] ?? NaN)} tokens, depth ${formatNumber(depth)} %`;
  const value = values[cell] ?? NaN;
  if (Number.isNaN(value)) return `${place}: no run yet`;
  const interval = withInterval(value, low[cell] ?? NaN, high[cell] ?? NaN);
  return `${place}: ${what} ${percentWords(value)}, ${interval}, n ${n[cell] ?? 0}`;
}

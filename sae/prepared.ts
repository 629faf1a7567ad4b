/** What is done to rows before an encoder and undone after a decoder (`DictionaryInput`): scale and normalisation. */
import type { DictionaryInput } from './input.ts';
import type { Rows } from './rows.ts';
import { countOf, rowAt } from './rows.ts';

type Convention = Pick<DictionaryInput, 'scale' | 'normalisation'>;

export interface PreparedRows extends Rows {
  /** Rows in the prepared form (reconstructions) as rows of the model again. */
  readonly undo: (data: Float32Array) => Float32Array;
}

/** x scale, then constantNorm: x sqrt(D) / |x|, or layerNorm: (x - mean) / deviation, of each row by itself. */
export function prepared(rows: Rows, convention: Convention): PreparedRows {
  const { width } = rows;
  const { shifts, factors } = rowScales(rows, convention);
  if (convention.normalisation === 'none' && convention.scale === 1) return { ...rows, undo: (data) => data };
  const rowOf = (i: number) => Math.floor(i / width);
  return {
    width,
    data: rows.data.map((value, i) => (value - (shifts[rowOf(i)] as number)) * (factors[rowOf(i)] as number)),
    undo: (data) => data.map((value, i) => value / (factors[rowOf(i)] as number) + (shifts[rowOf(i)] as number)),
  };
}

/** Of each row: its prepared form is (x - shift) factor. */
export function rowScales(
  rows: Rows,
  { scale, normalisation }: Convention,
): { readonly shifts: Float64Array; readonly factors: Float64Array } {
  const [shifts, factors] = [new Float64Array(countOf(rows)), new Float64Array(countOf(rows)).fill(scale)];
  if (normalisation === 'none') return { shifts, factors };
  for (let row = 0; row < factors.length; row++) {
    const { mean, length } = facts(rowAt(rows, row), normalisation === 'layerNorm');
    shifts[row] = mean;
    factors[row] = Math.sqrt(rows.width) / Math.max(length, 1e-12);
  }
  return { shifts, factors };
}

/** The mean of a row (0 where it stays) and its length without it; a scale cancels in both normalisations. */
function facts(x: Float32Array, isCentred: boolean): { readonly mean: number; readonly length: number } {
  const mean = isCentred ? x.reduce((sum, value) => sum + value, 0) / x.length : 0;
  return { mean, length: Math.sqrt(x.reduce((sum, value) => sum + (value - mean) ** 2, 0)) };
}

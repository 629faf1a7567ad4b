/**
 * Norms folded into the matrices beside them. A norm is x -> (x - mean(x)) / s * gain + bias (layer) or x / s * gain (rms): a
 * linear map but for the positive number s, which differs from token to token, and the bias. What is folded is the linear map.
 */
import type { Norm, PerHead } from '../../arch/parts/norms.ts';
import type { Weight } from '../../arch/parts/weights.ts';
import type { ModelFiles } from '../../files/modelFiles.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { axisSize } from '../../tensor/tensor.ts';
import { readWeight } from './readWeight.ts';

/** The gain [D] of a norm over D, with 1 added where the family stores the difference; null for ones. */
export async function gainOf(files: ModelFiles, norm: Norm | null): Promise<Float32Array | null> {
  if (norm === null || norm.weight === null) return null;
  return withOne(await gainValues(files, norm.weight), norm);
}

/** Rows [... D] that read what the norm gives: gain first, then the mean, for row . (x - mean(x)) = (row - mean(row)) . x. */
export function foldReading(rows: Float32Array, width: number, norm: Norm | null, gain: Float32Array | null): void {
  if (gain !== null) scaleRows(rows, width, gain);
  if (norm?.kind === 'layer') centreRows(rows, width);
}

/** Rows [... D] that are summed and then normed: mean first, then gain. */
export function foldWriting(rows: Float32Array, width: number, norm: Norm | null, gain: Float32Array | null): void {
  if (norm?.kind === 'layer') centreRows(rows, width);
  if (gain !== null) scaleRows(rows, width, gain);
}

/** Heads [N H D] or [G H D] whose H outputs are normed: the linear part of that norm, head by head. */
export async function foldHeadNorm(files: ModelFiles, x: Tensor, norm: Norm | null): Promise<void> {
  if (norm === null) return;
  const [width, inner] = [axisSize(x, 'H'), axisSize(x, 'D')];
  const heads = x.data.length / (width * inner);
  if (norm.kind === 'layer') for (let n = 0; n < heads; n++) centreHead(x.data, n * width * inner, width, inner);
  if (norm.weight === null) return;
  const gain = withOne(await gainValues(files, norm.weight), norm);
  // One gain for all heads, or each its own.
  for (let row = 0; row < heads * width; row++) {
    const by = gain[gain.length === width ? row % width : row] as number;
    for (let d = row * inner; d < (row + 1) * inner; d++) x.data[d] = (x.data[d] as number) * by;
  }
}

/** (x - mean(x)) / sqrt(mean((x - mean(x))^2) + epsilon) * gain + bias, a vector at a time and in place; rms without the mean. */
export function applyRows(rows: Float32Array, width: number, norm: Norm, affine: Affine): void {
  for (let at = 0; at < rows.length; at += width) {
    const row = rows.subarray(at, at + width);
    if (norm.kind === 'layer') centreRows(row, width);
    const by = 1 / spreadOf(row, norm);
    for (let d = 0; d < width; d++) {
      row[d] = (row[d] as number) * by * (affine.gain?.[d] ?? 1) + (affine.bias?.[d] ?? 0);
    }
  }
}

export interface Affine {
  readonly gain: Float32Array | null;
  readonly bias: Float32Array | null;
}

export async function affineOf(files: ModelFiles, norm: Norm): Promise<Affine> {
  const bias = norm.bias === null ? null : (await readWeight(files, norm.bias)).data;
  return { gain: await gainOf(files, norm), bias };
}

/** s: what the norm divides a vector by. */
export function spreadOf(vector: ArrayLike<number>, { kind, epsilon }: Pick<Norm, 'kind' | 'epsilon'>): number {
  const n = vector.length;
  let [sum, squares] = [0, 0];
  for (let i = 0; i < n; i++) sum += vector[i] as number;
  const mean = kind === 'layer' ? sum / n : 0;
  for (let i = 0; i < n; i++) squares += ((vector[i] as number) - mean) ** 2;
  return Math.sqrt(squares / n + epsilon);
}

function withOne(gain: Float32Array, { plusOne }: Norm): Float32Array {
  return plusOne ? gain.map((value) => value + 1) : gain;
}

async function gainValues(files: ModelFiles, weight: Weight | PerHead): Promise<Float32Array> {
  if (weight.kind === 'weight') return (await readWeight(files, weight)).data;
  const each = await Promise.all(weight.each.map((one) => readWeight(files, one)));
  return Float32Array.from(each.flatMap(({ data }) => [...data]));
}

function scaleRows(rows: Float32Array, width: number, gain: Float32Array): void {
  for (let i = 0; i < rows.length; i++) rows[i] = (rows[i] as number) * (gain[i % width] as number);
}

function centreRows(rows: Float32Array, width: number): void {
  for (let at = 0; at < rows.length; at += width) {
    let sum = 0;
    for (let d = at; d < at + width; d++) sum += rows[d] as number;
    for (let d = at; d < at + width; d++) rows[d] = (rows[d] as number) - sum / width;
  }
}

/** Minus the mean over H of each column. */
function centreHead(data: Float32Array, from: number, width: number, inner: number): void {
  for (let d = 0; d < inner; d++) {
    let sum = 0;
    for (let h = 0; h < width; h++) sum += data[from + h * inner + d] as number;
    for (let h = 0; h < width; h++) {
      const at = from + h * inner + d;
      data[at] = (data[at] as number) - sum / width;
    }
  }
}

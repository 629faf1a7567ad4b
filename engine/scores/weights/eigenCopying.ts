/**
 * W1. OV copying by eigenvalues. M = W_E W_V W_O W_U [V V] takes a token that is attended to to the logits; what it does to a
 * direction that it maps to a multiple of itself is copying where the multiple is positive, and its opposite where it is
 * negative:  sum Re(lambda) / sum |lambda|  over the eigenvalues of M (Elhage et al. 2021, "Copying behavior / eigenvalue analysis
 * of OV circuits").
 */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Tensor } from '../../tensor/tensor.ts';
import { axisSize } from '../../tensor/tensor.ts';
import { relabel } from './arrange.ts';
import type { HeadMatrices } from './headMatrices.ts';
import type { Products } from './products.ts';
import type { Rows } from './vocabulary.ts';

/**
 * [D F], F = D: sum over tokens t of U[t] E[t]^T, with U's mean over the vocabulary taken off, for a constant in all logits
 * changes no probability. Tokens that only one end has are left out of the sum.
 */
export async function throughTokens(
  embedding: Rows,
  unembedding: Rows,
  products: Products,
  signal?: AbortSignal,
): Promise<Tensor> {
  const mean = await unembedding.mean(signal);
  const tokens = Math.min(embedding.tokens, unembedding.tokens);
  const width = mean.length;
  const sum = new Float32Array(width * width);
  const ends = unembedding.chunks(signal);
  for await (const { from, rows } of embedding.chunks(signal)) {
    const end = await ends.next();
    if (end.done === true || from >= tokens) break;
    const count = Math.min(axisSize(rows, 'V'), axisSize(end.value.rows, 'V'), tokens - from);
    const centred = end.value.rows.data.slice(0, count * width);
    for (let i = 0; i < centred.length; i++) centred[i] = (centred[i] as number) - (mean[i % width] as number);
    const product = await products.contract(
      relabel({ data: centred, axes: [] }, 'V D', [count, width]),
      relabel({ data: rows.data.subarray(0, count * width), axes: [] }, 'V F', [count, width]),
      'D F',
    );
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (product.data[i] as number);
  }
  return relabel({ data: sum, axes: [] }, 'D F', [width, width]);
}

/**
 * -1 to 1 for each head of a layer; 0 for a head without an OV circuit. The eigenvalues of M that are not zero are those of the
 * H x H matrix O C V^T, C = `throughTokens`.
 */
export async function eigenCopying(
  { values, out }: HeadMatrices,
  through: Tensor,
  products: Products,
): Promise<readonly number[]> {
  const [heads, groups] = [axisSize(out, 'N'), axisSize(values, 'G')];
  const sizes = [axisSize(out, 'H'), axisSize(out, 'D')];
  const reached = await products.contract(out, through, 'N H F');
  const scores: number[] = [];
  // A product for each head, so that others come between two decompositions.
  for (let head = 0; head < heads; head++) {
    const rows = relabel(matrixOf(reached, head, heads), 'H D', sizes);
    const shared = relabel(matrixOf(values, Math.floor((head * groups) / heads), groups), 'F D', sizes);
    scores.push(positiveShare(await products.contract(rows, shared, 'H F')));
  }
  return scores;
}

/** One of the matrices that are stacked along the first axis. */
function matrixOf({ data }: Tensor, index: number, of: number): Tensor {
  const size = data.length / of;
  return { data: data.subarray(index * size, (index + 1) * size), axes: [] };
}

/** sum Re(lambda) / sum |lambda| */
function positiveShare({ data, axes }: Tensor): number {
  const size = axes[0]?.size ?? 0;
  const { realEigenvalues: real, imaginaryEigenvalues: imaginary } = new EigenvalueDecomposition(
    Matrix.from1DArray(size, size, data),
  );
  const total = real.reduce((sum, value) => sum + value, 0);
  const length = real.reduce((sum, value, i) => sum + Math.hypot(value, imaginary[i] ?? 0), 0);
  return length === 0 ? 0 : total / length;
}

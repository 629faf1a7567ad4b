/**
 * W2 to W4. OV copying token by token: the head attends to token t and to nothing else, and writes E[t] W_V W_O. Is t's own logit
 * the highest that this adds, among the ten highest, or above the mean of all logits? (Elhage et al. 2021; McDougall et al. 2023,
 * arXiv 2310.04625, section 3.2, look at the rank.)
 */
import type { Value } from '../../graph/value.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { axisSize, tensor } from '../../tensor/tensor.ts';
import { relabel } from './arrange.ts';
import type { HeadMatrices } from './headMatrices.ts';
import { groupSize } from './headMatrices.ts';
import type { Products, SmallGraph } from './products.ts';
import { outputOf } from './products.ts';
import type { Rows } from './vocabulary.ts';

/** Sampled tokens, with their rows of both ends. */
export interface SampledTokens {
  readonly ids: readonly number[];
  /** [P D] */
  readonly embedded: Tensor;
  readonly unembedded: Tensor;
}

export interface OwnLogit {
  /** Other tokens with a logit as high or higher; 0 is the best. A head that writes nothing has the worst rank everywhere. */
  readonly rank: number;
  readonly aboveMean: boolean;
}

/** Logits of all heads of a layer for all sampled tokens in memory at a time: 16 MB, a few times over. */
const LOGITS = 4 * 2 ** 20;

/**
 * logits [G R P V] of a chunk of the vocabulary, and over it how many are below the token's own, and their sum. The token itself is
 * left out by its id: the same product in another order differs in the last bit.
 */
const readings: SmallGraph = {
  name: 'own logit',
  inputs: { value: 'G P H', out: 'G R H D', ends: 'V D', own: 'G R P', token: 'P', ids: 'V' },
  build: (g, inputs) => {
    const { value, out, ends, own, token, ids } = inputs as Record<string, Value> as Inputs;
    const logits = g.contract(value, g.contract(out, ends, 'G R H V'), 'G R P V');
    const others = g.where(g.equal(token, ids), -3e38, logits);
    return { below: g.sum(g.toFloat(g.less(others, own)), 'V'), total: g.sum(logits, 'V') };
  },
};
type Inputs = { readonly [K in 'value' | 'out' | 'ends' | 'own' | 'token' | 'ids']: Value };

/** [head][token] of a layer. */
export async function ownLogits(
  matrices: HeadMatrices,
  { ids, embedded, unembedded }: SampledTokens,
  unembedding: Rows,
  products: Products,
  signal?: AbortSignal,
): Promise<readonly (readonly OwnLogit[])[]> {
  const out = grouped(matrices);
  const value = await products.contract(matrices.values, embedded, 'G P H');
  const own = await products.contract(value, await products.contract(out, unembedded, 'G R H P'), 'G R P');
  const below = new Float64Array(own.data.length);
  const total = new Float64Array(own.data.length);
  const token = tensor(Float32Array.from(ids), [{ axis: 'P', size: ids.length }]);
  for await (const { from, rows } of unembedding.chunks(signal)) {
    for (const { first, ends } of portions(rows, own.data.length)) {
      const count = axisSize(ends, 'V');
      const named = Float32Array.from({ length: count }, (_, i) => from + first + i);
      const found = await products.run(readings, {
        ...{ value, out, ends, own, token },
        ids: tensor(named, [{ axis: 'V', size: count }]),
      });
      add(below, outputOf(found, 'below').data);
      add(total, outputOf(found, 'total').data);
    }
  }
  const heads = axisSize(matrices.out, 'N');
  return Array.from({ length: heads }, (_, n) =>
    ids.map((__, p) => {
      const at = n * ids.length + p;
      const mean = (total[at] as number) / unembedding.tokens;
      // The token itself, left out, is among those below.
      return { rank: unembedding.tokens - (below[at] as number), aboveMean: (own.data[at] as number) > mean };
    }),
  );
}

function grouped(matrices: HeadMatrices): Tensor {
  const { out, values } = matrices;
  const sizes = [axisSize(values, 'G'), groupSize(matrices), axisSize(out, 'H'), axisSize(out, 'D')];
  return relabel(out, 'G R H D', sizes);
}

/** Rows [V D] in as many at a time as keep the logits small. */
function* portions(rows: Tensor, perToken: number): Generator<{ readonly first: number; readonly ends: Tensor }> {
  const [count, width] = [axisSize(rows, 'V'), axisSize(rows, 'D')];
  const size = Math.max(1, Math.min(count, Math.floor(LOGITS / perToken)));
  for (let first = 0; first < count; first += size) {
    const last = Math.min(count, first + size);
    const data = rows.data.subarray(first * width, last * width);
    yield { first, ends: relabel({ data, axes: [] }, 'V D', [last - first, width]) };
  }
}

function add(sums: Float64Array, values: Float32Array): void {
  for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + (values[i] as number);
}

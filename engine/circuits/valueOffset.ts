/** The part of every head's z that is the same in every prompt. */
import type { Projections } from '../arch/parts/projections.ts';
import type { Linear } from '../arch/parts/weights.ts';
import type { ModelFiles } from '../files/modelFiles.ts';
import type { Model } from '../run/index.ts';
import { arrange, relabel } from '../scores/weights/arrange.ts';
import { affineOf } from '../scores/weights/norms.ts';
import { readWeight } from '../scores/weights/readWeight.ts';
import { sliceAxis } from '../tensor/positions.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { axisSize } from '../tensor/tensor.ts';

/**
 * v0 = W_V beta + b_V of each key-value head [G H], beta the bias of the norm before attention; null where all of it is 0.
 * A row of the pattern sums to 1, so z = v0 + what is left when the bias is moved behind attention (TransformerLens folds both).
 */
export async function valueOffset({ files, family }: Pick<Model, 'files' | 'family'>, layer: number) {
  const { part, norm } = family.description.block(layer).attention;
  const { weight, bias } = valueProjection(part.projections);
  const beta = norm === null ? null : (await affineOf(files, norm)).bias;
  if (beta === null && bias === null) return null;
  const { kvHeads, headWidth } = family.shape;
  const offset = bias === null ? new Float32Array(kvHeads * headWidth) : (await bias(files)).data.slice();
  if (beta !== null) addProduct(offset, (await weight(files)).data, beta);
  return offset;
}

/** offset += W beta, rows of W [D]. */
function addProduct(offset: Float32Array, weight: Float32Array, beta: Float32Array): void {
  for (let row = 0; row < offset.length; row++) {
    let sum = 0;
    for (let d = 0; d < beta.length; d++) sum += (weight[row * beta.length + d] as number) * (beta[d] as number);
    offset[row] = (offset[row] as number) + sum;
  }
}

interface ValueProjection {
  /** [G H D] */
  weight(files: ModelFiles): Promise<Tensor>;
  /** [G H] */
  readonly bias: ((files: ModelFiles) => Promise<Tensor>) | null;
}

function valueProjection(projections: Projections): ValueProjection {
  if (projections.kind === 'fused') return fusedValues(projections.weight, projections.queries + 1);
  const { weight, bias } = projections.v;
  return {
    weight: async (files) => arrange(await readWeight(files, weight), 'G H D'),
    bias: bias === null ? null : async (files) => arrange(await readWeight(files, bias), 'G H'),
  };
}

/** Entry `at` along C. */
function fusedValues({ weight, bias }: Linear, at: number): ValueProjection {
  const own = (x: Tensor, axes: 'G H D' | 'G H') => {
    const cut = sliceAxis(x, 'C', at, at + 1);
    const sizes = axes === 'G H' ? (['G', 'H'] as const) : (['G', 'H', 'D'] as const);
    return relabel(
      cut,
      axes,
      sizes.map((axis) => axisSize(cut, axis)),
    );
  };
  return {
    weight: async (files) => own(arrange(await readWeight(files, weight), 'G C H D'), 'G H D'),
    bias: bias === null ? null : async (files) => own(arrange(await readWeight(files, bias), 'G C H'), 'G H'),
  };
}

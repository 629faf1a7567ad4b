/** What queries, keys and values are where the stream has nothing to say: what comes of the biases of norm and projections. */
import type { Projections } from '../../arch/parts/projections.ts';
import type { Linear } from '../../arch/parts/weights.ts';
import type { ModelFiles } from '../../files/modelFiles.ts';
import type { Model } from '../../run/index.ts';
import { sliceAxis } from '../../tensor/positions.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { axisSize } from '../../tensor/tensor.ts';
import { arrange } from './arrange.ts';
import { projectionsOf } from './headMatrices.ts';
import { affineOf } from './norms.ts';
import { readWeight } from './readWeight.ts';

/** W beta + b, beta the bias of the norm before attention. */
export interface ProjectionBiases {
  /** [N H] */
  readonly queries: Float64Array;
  /** [G H] */
  readonly keys: Float64Array;
  readonly values: Float64Array;
}

/** Throws Fault for a tensor that is missing or not finite. */
export async function readProjectionBiases(
  { files, family }: Pick<Model, 'files' | 'family'>,
  layer: number,
): Promise<ProjectionBiases> {
  const { part, norm } = family.description.block(layer).attention;
  const beta = norm === null ? null : (await affineOf(files, norm)).bias;
  const { queries, keys, values } = await projectionsOf(files, part.projections);
  const own = await ownBiases(files, part.projections);
  return {
    queries: biasOf(queries, beta, own.queries),
    keys: biasOf(keys, beta, own.keys),
    values: biasOf(values, beta, own.values),
  };
}

function biasOf(matrix: Tensor, beta: Float32Array | null, bias: Float32Array | null): Float64Array {
  const width = axisSize(matrix, 'D');
  return Float64Array.from({ length: matrix.data.length / width }, (_, row) => {
    let sum = bias?.[row] ?? 0;
    if (beta === null) return sum;
    for (let d = 0; d < width; d++) sum += (matrix.data[row * width + d] as number) * (beta[d] as number);
    return sum;
  });
}

type Biases = Readonly<Record<keyof ProjectionBiases, Float32Array | null>>;

async function ownBiases(files: ModelFiles, projections: Projections): Promise<Biases> {
  if (projections.kind === 'fused') return fusedBiases(files, projections);
  const read = async ({ bias }: Linear) => (bias === null ? null : (await readWeight(files, bias)).data);
  const { q, k, v } = projections;
  return { queries: await read(q), keys: await read(k), values: await read(v) };
}

async function fusedBiases(
  files: ModelFiles,
  { weight, queries }: Extract<Projections, { kind: 'fused' }>,
): Promise<Biases> {
  if (weight.bias === null) return { queries: null, keys: null, values: null };
  const all = arrange(await readWeight(files, weight.bias), 'G C H');
  const part = (from: number, to: number) => sliceAxis(all, 'C', from, to).data;
  return { queries: part(0, queries), keys: part(queries, queries + 1), values: part(queries + 1, queries + 2) };
}

/** The four matrices of every head of a layer, whatever the family stores them as, with the norms around them folded in. */
import type { Attention } from '../../arch/parts/attention.ts';
import type { Projections } from '../../arch/parts/projections.ts';
import type { ModelFiles } from '../../files/modelFiles.ts';
import type { Model } from '../../run/index.ts';
import { sliceAxis } from '../../tensor/positions.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { axisSize, tensor } from '../../tensor/tensor.ts';
import { Fault } from '../../terms/fault.ts';
import { arrange, relabel } from './arrange.ts';
import { foldHeadNorm, foldReading, foldWriting, gainOf } from './norms.ts';
import { readWeight } from './readWeight.ts';

/**
 * Rows are entries of a head: x reads as q = Q x, and v is written as O^T v. Biases are left out. Folded into Q, K and V: the
 * linear part of the norm before attention, into Q and K also that of the head norms; into O: that of a norm after attention,
 * and a factor after it.
 */
export interface HeadMatrices {
  /** [N H D] */
  readonly queries: Tensor;
  /** [G H D] */
  readonly keys: Tensor;
  /** [G H D] */
  readonly values: Tensor;
  /** [N H D] */
  readonly out: Tensor;
}

type HostedModel = Pick<Model, 'files' | 'family'>;

/** Throws Fault for a tensor that is missing or not finite. */
export async function readHeadMatrices({ files, family }: HostedModel, layer: number): Promise<HeadMatrices> {
  const { part, norm } = family.description.block(layer).attention;
  const raw = await projectionsOf(files, part.projections);
  const [width, gain] = [family.shape.width, await gainOf(files, norm)];
  for (const { data } of [raw.queries, raw.keys, raw.values]) foldReading(data, width, norm, gain);
  await foldHeadNorm(files, raw.queries, part.queryNorm);
  await foldHeadNorm(files, raw.keys, part.keyNorm);
  return { ...raw, out: await readWriting({ files, family }, layer) };
}

/** W_O alone, as it is stored: what z is multiplied by, [N H D]. */
export async function readOutput({ files, family }: HostedModel, layer: number): Promise<Tensor> {
  return arrange(await readWeight(files, family.description.block(layer).attention.part.out.weight), 'N H D');
}

/** Heads that share each key-value head. */
export function groupSize({ queries, keys }: Pick<HeadMatrices, 'queries' | 'keys'>): number {
  return axisSize(queries, 'N') / axisSize(keys, 'G');
}

/** [G H D] -> [N H D]: each query head with the matrix of its group. */
export function perQueryHead(x: Tensor, heads: number): Tensor {
  const [groups, width, inner] = [axisSize(x, 'G'), axisSize(x, 'H'), axisSize(x, 'D')];
  if (groups === heads) return relabel(x, 'N H D', [heads, width, inner]);
  const data = new Float32Array(heads * width * inner);
  for (let n = 0; n < heads; n++) {
    const from = Math.floor((n * groups) / heads) * width * inner;
    data.set(x.data.subarray(from, from + width * inner), n * width * inner);
  }
  return tensor(data, [
    { axis: 'N', size: heads },
    { axis: 'H', size: width },
    { axis: 'D', size: inner },
  ]);
}

/**
 * Throws Fault where what a head writes does not stay in the stream as it was written, so that no product of two matrices
 * says what a later reader gets of it.
 */
export function requireAddedStream({ files, family }: HostedModel, what: string): void {
  const reason = changedStream(family);
  if (reason === null) return;
  throw new Fault({
    what: `${what} is not defined for this model`,
    where: files.path,
    expected: 'a stream that blocks only add to',
    got: reason,
  });
}

/** How blocks change the stream besides adding to it; null where they don't. */
export function changedStream({ description }: Pick<Model['family'], 'description'>): string | null {
  const { streamNorms, continuesFromNorm } = description.block(0);
  if (streamNorms !== undefined) return 'the stream is normed after each addition';
  return continuesFromNorm === true ? 'each block goes on from its normed input' : null;
}

/** Queries, keys and values as they are stored, without biases. */
export async function projectionsOf(files: ModelFiles, projections: Projections): Promise<Omit<HeadMatrices, 'out'>> {
  if (projections.kind === 'fused') return fusedProjections(files, projections);
  const read = async (weight: Attention['out']['weight'], order: string) =>
    arrange(await readWeight(files, weight), order);
  const { q, k, v } = projections;
  return {
    queries: await read(q.weight, 'N H D'),
    keys: await read(k.weight, 'G H D'),
    values: await read(v.weight, 'G H D'),
  };
}

async function fusedProjections(
  files: ModelFiles,
  { weight, queries }: Extract<Projections, { kind: 'fused' }>,
): Promise<Omit<HeadMatrices, 'out'>> {
  const all = arrange(await readWeight(files, weight.weight), 'G C H D');
  const [groups, width, inner] = [axisSize(all, 'G'), axisSize(all, 'H'), axisSize(all, 'D')];
  const one = (part: number) => relabel(sliceAxis(all, 'C', part, part + 1), 'G H D', [groups, width, inner]);
  return {
    queries: relabel(sliceAxis(all, 'C', 0, queries), 'N H D', [groups * queries, width, inner]),
    keys: one(queries),
    values: one(queries + 1),
  };
}

/** The `out` of the matrices alone. */
export async function readWriting({ files, family }: HostedModel, layer: number): Promise<Tensor> {
  const { outNorm = null, multiplier = 1 } = family.description.block(layer).attention;
  const out = await readOutput({ files, family }, layer);
  foldWriting(out.data, family.shape.width, outNorm, await gainOf(files, outNorm));
  if (multiplier !== 1) out.data.forEach((value, i) => (out.data[i] = value * multiplier));
  return out;
}

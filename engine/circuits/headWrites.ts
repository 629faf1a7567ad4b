/**
 * What every head writes, averaged over the positions of each prompt. The average is taken of z, head by head and layer by layer
 * as the model runs, and multiplied with W_O afterwards, for both are linear: no token's write is ever kept.
 *
 *   paper    r = (mean z - v0) W_O, then minus its mean over D where the model has layer norms: what TransformerLens gives
 *            with its default loading (value biases moved behind attention, writing weights centred), which O'Neill & Bui
 *            (2024) used. In a model with root-mean-square norms and no value bias that is r itself.
 *   stored   r = mean z W_O of the weights as they are
 */
import type { Model } from '../run/index.ts';
import { siteStream } from '../scores/siteStream.ts';
import { readOutput } from '../scores/weights/headMatrices.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { axisSize } from '../tensor/tensor.ts';
import type { OnProgress } from './method.ts';
import { valueOffset } from './valueOffset.ts';

export type WriteForm = 'paper' | 'stored';

export interface HeadWritesRequest {
  /** One a prompt. */
  readonly ids: readonly (readonly number[])[];
  readonly form: WriteForm;
  readonly signal: AbortSignal;
  readonly onProgress?: OnProgress;
}

/** Tokens of a forward pass. */
const TOKENS_PER_RUN = 2048;

/** [E N D], heads of all layers, layer by layer. */
export async function meanHeadWrites(model: Model, request: HeadWritesRequest): Promise<Float32Array> {
  const { ids, form, signal, onProgress } = request;
  const { layers, heads, width } = model.family.shape;
  const writes = new Float32Array(ids.length * layers * heads * width);
  const weights = new Map<number, LayerWeights>();
  const rows = Math.max(1, Math.floor(TOKENS_PER_RUN / Math.max(...ids.map((row) => row.length))));
  for (let from = 0; from < ids.length; from += rows) {
    const batch = ids.slice(from, from + rows);
    for await (const { layer, means } of meanOutputs(model, batch, signal)) {
      const own = weights.get(layer) ?? (await layerWeights(model, layer, form));
      weights.set(layer, own);
      batch.forEach((_, row) => {
        const at = ((from + row) * layers + layer) * heads * width;
        project(means.subarray(row * own.perRow, (row + 1) * own.perRow), own, writes.subarray(at, at + heads * width));
      });
    }
    onProgress?.(Math.min(ids.length, from + rows), ids.length);
  }
  return writes;
}

/** Mean z over the positions of each row, [B N H], a layer at a time. */
async function* meanOutputs(
  model: Model,
  ids: readonly (readonly number[])[],
  signal: AbortSignal,
): AsyncGenerator<{ readonly layer: number; readonly means: Float64Array }> {
  const lengths = ids.map((row) => row.length);
  let open: { readonly layer: number; readonly means: Float64Array } | null = null;
  for await (const event of siteStream(model, { ids, sites: ['z'], signal })) {
    if (event.kind === 'embed') continue;
    if (open !== null && (event.kind === 'end' || event.layer !== open.layer)) {
      yield open;
      open = null;
    }
    if (event.kind === 'end') return;
    const z = event.sites.get('z') as Tensor;
    const { layers: _, heads, headWidth } = model.family.shape;
    open ??= { layer: event.layer, means: new Float64Array(ids.length * heads * headWidth) };
    addMeans(open.means, z, lengths, event.from);
  }
}

/** Adds z / length of the positions that the row has; `from`: position of the first. */
function addMeans(means: Float64Array, z: Tensor, lengths: readonly number[], from: number): void {
  const slots = axisSize(z, 'P');
  const size = means.length / lengths.length;
  lengths.forEach((length, row) => {
    for (let p = 0; p < Math.min(slots, length - from); p++) {
      const at = (row * slots + p) * size;
      for (let i = 0; i < size; i++) {
        means[row * size + i] = (means[row * size + i] as number) + (z.data[at + i] as number) / length;
      }
    }
  });
}

interface LayerWeights {
  /** [N H D] */
  readonly out: Float32Array;
  /** v0 [N H]; null for zeros. */
  readonly offset: Float32Array | null;
  readonly headWidth: number;
  readonly width: number;
  /** N H */
  readonly perRow: number;
}

async function layerWeights(model: Model, layer: number, form: WriteForm): Promise<LayerWeights> {
  const { heads, headWidth, width } = model.family.shape;
  const out = (await readOutput(model, layer)).data;
  const sizes = { headWidth, width, perRow: heads * headWidth };
  if (form === 'stored') return { ...sizes, out, offset: null };
  const isCentred = model.family.description.block(layer).attention.norm?.kind === 'layer';
  const offset = await valueOffset(model, layer);
  return {
    ...{ ...sizes, out: isCentred ? centred(out, width) : out },
    offset: offset === null ? null : perQueryHead(offset, model),
  };
}

/** [G H] -> [N H] */
function perQueryHead(offset: Float32Array, { family }: Model): Float32Array {
  const { heads, kvHeads, headWidth } = family.shape;
  return Float32Array.from({ length: heads * headWidth }, (_, i) => {
    const group = Math.floor((Math.floor(i / headWidth) * kvHeads) / heads);
    return offset[group * headWidth + (i % headWidth)] as number;
  });
}

/** Rows [D] minus their means. */
function centred(rows: Float32Array, width: number): Float32Array {
  const out = rows.slice();
  for (let at = 0; at < out.length; at += width) {
    const row = out.subarray(at, at + width);
    const mean = row.reduce((sum, x) => sum + x, 0) / width;
    row.forEach((x, d) => (row[d] = x - mean));
  }
  return out;
}

/** z [N H] -> writes [N D]. */
function project(z: Float64Array, { out, offset, headWidth, width }: LayerWeights, writes: Float32Array): void {
  for (let i = 0; i < z.length; i++) {
    const factor = (z[i] as number) - (offset?.[i] ?? 0);
    const to = Math.floor(i / headWidth) * width;
    const from = i * width;
    for (let d = 0; d < width; d++) writes[to + d] = (writes[to + d] as number) + factor * (out[from + d] as number);
  }
}

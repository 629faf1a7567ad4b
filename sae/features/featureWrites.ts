/** What features write to the stream: rows of a decoder as vectors of the model's width. */
import type { Model } from '../../engine/run/index.ts';
import { changedStream, readWriting } from '../../engine/scores/weights/headMatrices.ts';
import { foldWriting, gainOf } from '../../engine/scores/weights/norms.ts';
import type { Tensor } from '../../engine/tensor/tensor.ts';
import { axisSize } from '../../engine/tensor/tensor.ts';
import type { Dictionary } from '../dictionary.ts';
import { weightOf } from '../dictionary.ts';
import { meanInverseSpread } from './meanScales.ts';

export interface FeatureWrites {
  /** [D] what one unit of the feature adds to the stream. */
  of(feature: number): Float64Array;
  /** What was held on the way, in words. */
  readonly notes: readonly string[];
}

/**
 * d W_O of its head or heads for z, d itself for what is written and for the stream; null where there is no one answer: rows of
 * every head that share a dictionary, and families that norm the stream after each addition. In units of the model's values: a
 * scale of the input is divided out.
 */
export async function featureWrites(model: Model, dictionary: Dictionary): Promise<FeatureWrites | null> {
  const { site, layer, head, scale, normalisation } = dictionary.input;
  if (changedStream(model.family) !== null || (head === 'each' && site === 'z')) return null;
  const notes = normalisation === 'none' ? [] : ['a unit is one of the normalised row'];
  const factor = normalisation === 'none' ? 1 / scale : 1;
  const row = (feature: number) => {
    const { width } = dictionary;
    return Float64Array.from(
      weightOf(dictionary, 'W_dec').subarray(feature * width, (feature + 1) * width),
      (value) => value * factor,
    );
  };
  const { width } = model.family.shape;
  if (site !== 'z' && site !== 'headWrite') return { of: row, notes };
  if (head === 'each' || layer === null) return null;
  const after = await afterAttention(model, layer);
  notes.push(...after.notes);
  if (site === 'headWrite') return { of: (feature) => after.of(summedHeads(row(feature), width)), notes };
  const out = await readWriting(model, layer);
  const first = typeof head === 'number' ? head * model.family.shape.headWidth : 0;
  return { of: (feature) => scaled(throughOutput(row(feature), out, first), after.scale), notes };
}

interface AfterAttention {
  /** What a norm after attention multiplies with on the mean. */
  readonly scale: number;
  /** Of what heads write: norm, factor. */
  of(write: Float64Array): Float64Array;
  readonly notes: readonly string[];
}

async function afterAttention(model: Model, layer: number): Promise<AfterAttention> {
  const { outNorm = null, multiplier = 1 } = model.family.description.block(layer).attention;
  if (outNorm === null) return { scale: 1, of: (write) => scaled(write, multiplier), notes: [] };
  const found = await meanInverseSpread(model, { after: 'attention', layer });
  const gain = await gainOf(model.files, outNorm);
  const linear = (write: Float64Array) => {
    const rows = Float32Array.from(write);
    foldWriting(rows, rows.length, outNorm, gain);
    return scaled(Float64Array.from(rows), multiplier * found.value);
  };
  return { scale: found.value, of: linear, notes: [`the norm after attention held ${found.how}`] };
}

/** [N D] -> [D]; a [D] stays. */
function summedHeads(row: Float64Array, width: number): Float64Array {
  const sum = new Float64Array(width);
  row.forEach((value, i) => (sum[i % width] = (sum[i % width] as number) + value));
  return sum;
}

/** sum over h of d_h W_O[first + h, :] */
function throughOutput(row: Float64Array, out: Tensor, first: number): Float64Array {
  const [{ data }, width] = [out, axisSize(out, 'D')];
  const sum = new Float64Array(width);
  row.forEach((value, h) => {
    for (let d = 0; d < width; d++) sum[d] = (sum[d] as number) + value * (data[(first + h) * width + d] as number);
  });
  return sum;
}

function scaled(vector: Float64Array, by: number): Float64Array {
  return by === 1 ? vector : vector.map((value) => value * by);
}

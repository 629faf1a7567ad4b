/** Rows as the model gives them <-> rows as a dictionary reads them: its value bias folded away or kept, its stream centred or not. */
import type { Model } from '../../engine/run/index.ts';
import type { DictionaryInput } from '../input.ts';
import type { Rows } from '../rows.ts';
import { valueOffset } from './valueOffset.ts';

type Convention = Pick<DictionaryInput, 'site' | 'layer' | 'head' | 'valueBias' | 'centred'>;

/**
 * Rows of `placeRows` as the dictionary reads them. `valueBias: folded`: without what comes of the value bias (`valueOffset`);
 * `centred`: less the mean over D, of what is written to the stream and of the stream. The same rows where neither holds.
 */
export async function inputRows(model: Model, rows: Rows, input: Convention): Promise<Rows> {
  const plain = shifted(rows, await offsetOf(model, input), -1);
  return isCentred(input) ? withMeans(plain, means(plain, model), -1) : plain;
}

/**
 * Back again, of a reconstruction of `of` (rows as the model gives them): the value bias is added, and where the dictionary
 * reads centred rows, the mean over D stays that of `of`. Of `inputRows(of)` it is `of`.
 */
export async function modelRows(model: Model, reconstruction: Rows, input: Convention, of: Rows): Promise<Rows> {
  const offset = await offsetOf(model, input);
  const whole = isCentred(input) ? withMeans(reconstruction, means(shifted(of, offset, -1), model), 1) : reconstruction;
  return shifted(whole, offset, 1);
}

function isCentred({ site, centred }: Convention): boolean {
  return centred && site !== 'z';
}

async function offsetOf(model: Model, input: Convention): Promise<Float32Array | null> {
  const hasValues = input.site === 'z' || input.site === 'headWrite';
  return hasValues && input.valueBias === 'folded' ? valueOffset(model, input) : null;
}

/** The offset is that of the rows of one token, which come one after another. */
function shifted(rows: Rows, offset: Float32Array | null, sign: 1 | -1): Rows {
  if (offset === null) return rows;
  const { length } = offset;
  if (rows.data.length % length !== 0) {
    throw new RangeError(`rows: expected whole tokens of ${length} values, got ${rows.data.length} values`);
  }
  return { width: rows.width, data: rows.data.map((value, i) => value + sign * (offset[i % length] as number)) };
}

/** The mean over each D values: heads side by side have one each. */
function means({ data }: Rows, { family }: Model): Float64Array {
  const { width } = family.shape;
  return Float64Array.from({ length: data.length / width }, (_, part) => {
    let sum = 0;
    for (let i = part * width; i < (part + 1) * width; i++) sum += data[i] as number;
    return sum / width;
  });
}

function withMeans({ width, data }: Rows, of: Float64Array, sign: 1 | -1): Rows {
  const part = data.length / of.length;
  return { width, data: data.map((value, i) => value + sign * (of[Math.floor(i / part)] as number)) };
}

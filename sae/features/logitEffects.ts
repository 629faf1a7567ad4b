/**
 * What features write straight to the logits: of a direction d in the stream
 *
 *     d . U_v / s - mean over the vocabulary,     U with the last norm's gain (and, of a layer norm, its centring) and the factor of logits
 *
 * with the norm's divisor s held at its mean scale, and without a soft cap. The model's own unembedding is run on d and on 0:
 * norm(d) is d / spread(d) times the gain plus the bias, so that (logits(d) - logits(0)) spread(d) is d . U, exactly.
 */
import { makeBatch } from '../../engine/run/batch.ts';
import type { Model } from '../../engine/run/index.ts';
import { Pass } from '../../engine/run/pass.ts';
import { spreadOf } from '../../engine/scores/weights/norms.ts';
import { largestValues } from '../../engine/tensor/largestValues.ts';
import { tensor } from '../../engine/tensor/tensor.ts';
import type { Dictionary } from '../dictionary.ts';
import type { FeatureWrites } from './featureWrites.ts';
import { featureWrites } from './featureWrites.ts';
import type { MeanScale } from './meanScales.ts';
import { meanInverseSpread } from './meanScales.ts';

interface WeighedId {
  readonly id: number;
  readonly value: number;
}

export interface FeatureLogits {
  readonly feature: number;
  /** Largest first, and most negative first. */
  readonly up: readonly WeighedId[];
  readonly down: readonly WeighedId[];
}

/** Logits of a run: 32 MB. */
const LOGITS = 8 * 2 ** 20;

export class LogitEffects {
  /** How the numbers are meant. */
  readonly note: string;
  readonly #model: Model;
  readonly #writes: FeatureWrites;
  readonly #scale: MeanScale;

  private constructor(model: Model, writes: FeatureWrites, scale: MeanScale) {
    [this.#model, this.#writes, this.#scale] = [model, writes, scale];
    const { softCap = null, norm } = model.family.description.unembedding;
    const held = norm === null ? [] : [`the last norm held ${scale.how}`];
    const capped = softCap === null ? [] : ['before the soft cap'];
    const parts = [...writes.notes, ...held, ...capped, 'less the mean over the vocabulary'];
    this.note = `logits that one unit writes straight to the unembedding: ${parts.join('; ')}`;
  }

  /** Null for dictionaries whose features have no one write (see `featureWrites`). */
  static async of(model: Model, dictionary: Dictionary): Promise<LogitEffects | null> {
    const writes = await featureWrites(model, dictionary);
    return writes === null ? null : new LogitEffects(model, writes, await meanInverseSpread(model, { after: 'last' }));
  }

  /** Some features at a time. */
  async *tokens(features: readonly number[], top: number, signal?: AbortSignal): AsyncGenerator<FeatureLogits> {
    const { outputVocabulary, context } = this.#model.family.shape;
    const atOnce = Math.max(1, Math.min(context - 1, 64, Math.floor(LOGITS / outputVocabulary) - 1));
    for (let from = 0; from < features.length; from += atOnce) {
      signal?.throwIfAborted();
      const some = features.slice(from, from + atOnce);
      const logits = await this.#effects(some.map((feature) => this.#writes.of(feature)));
      for (const [i, feature] of some.entries()) yield { feature, ...extremes(logits[i] as Float32Array, top) };
    }
  }

  /** [n] of [V]. */
  async #effects(directions: readonly Float64Array[]): Promise<Float32Array[]> {
    const { family } = this.#model;
    const { width, outputVocabulary } = family.shape;
    const { norm, softCap = null } = family.description.unembedding;
    // To an ordinary length, so that the norm's epsilon and float32 lose nothing of short directions.
    const lengths = directions.map((d) => Math.sqrt(d.reduce((sum, x) => sum + x * x, 0) / width));
    const stream = new Float32Array((directions.length + 1) * width);
    directions.forEach((d, i) => {
      const by = (lengths[i] as number) || 1;
      stream.set(
        d.map((x) => x / by),
        i * width,
      );
    });
    const logits = await this.#unembedded(stream, directions.length + 1);
    const uncapped = (value: number) => (softCap === null ? value : softCap * Math.atanh(value / softCap));
    const rowAt = (i: number) => logits.subarray(i * outputVocabulary, (i + 1) * outputVocabulary);
    const zero = rowAt(directions.length);
    return directions.map((_, i) => {
      const spread = norm === null ? 1 : spreadOf(stream.subarray(i * width, (i + 1) * width), norm);
      const by = spread * (lengths[i] as number) * (norm === null ? 1 : this.#scale.value);
      return centred(rowAt(i).map((value, v) => (uncapped(value) - uncapped(zero[v] as number)) * by));
    });
  }

  async #unembedded(stream: Float32Array, count: number): Promise<Float32Array> {
    const { family, programs } = this.#model;
    const batch = makeBatch([Array.from({ length: count }, () => 0)], family, 'right');
    const slots = Array.from({ length: count }, (_, i) => i);
    const pass = new Pass(family, programs, batch, { queries: slots, stream: slots, keys: count });
    const axes = [
      { axis: 'B', size: 1 },
      { axis: 'P', size: count },
      { axis: 'D', size: family.shape.width },
    ] as const;
    const run = () => pass.unembed(tensor(stream, axes), new Map(), new Set());
    return (await this.#model.exclusive(run)).stream.data;
  }
}

function centred(values: Float32Array): Float32Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

function extremes(logits: Float32Array, top: number): Pick<FeatureLogits, 'up' | 'down'> {
  const largestOf = (values: Float32Array, sign: number): WeighedId[] => {
    const keep = Math.min(top, values.length);
    const found = { indices: new Uint32Array(keep), values: new Float32Array(keep) };
    largestValues(values, keep, found, 0);
    return [...found.indices].map((id, i) => ({ id, value: sign * (found.values[i] as number) }));
  };
  return {
    up: largestOf(logits, 1),
    down: largestOf(
      logits.map((value) => -value),
      -1,
    ),
  };
}

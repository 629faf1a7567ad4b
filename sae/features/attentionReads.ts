/** What reads a layer's attention at one position, taken back to its heads. */
import type { Branch } from '../../engine/arch/parts/decoder.ts';
import type { Model } from '../../engine/run/index.ts';
import { readOutput } from '../../engine/scores/weights/headMatrices.ts';
import type { Affine } from '../../engine/scores/weights/norms.ts';
import { affineOf, spreadOf } from '../../engine/scores/weights/norms.ts';
import { readWeight } from '../../engine/scores/weights/readWeight.ts';
import type { Tensor } from '../../engine/tensor/tensor.ts';
import { axisSize } from '../../engine/tensor/tensor.ts';
import { product } from '../product.ts';

/** w . attnOut = heads . z + constant, and = sum over heads of write . headWrite + constant. */
export interface AttentionReading {
  /** [N H] */
  readonly heads: Float64Array;
  /** [D] */
  readonly write: Float64Array;
  /** Of biases: of the output, of a norm after it. */
  readonly constant: number;
}

/** Of one layer. A norm after attention is held at its divisor of the position. */
export class AttentionReads {
  /** W_O [N H D]. */
  readonly #out: Tensor;
  readonly #bias: Float32Array | null;
  readonly #branch: Branch;
  readonly #affine: Affine;

  private constructor(out: Tensor, bias: Float32Array | null, branch: Branch, affine: Affine) {
    [this.#out, this.#bias, this.#branch, this.#affine] = [out, bias, branch, affine];
  }

  static async of(model: Model, layer: number): Promise<AttentionReads> {
    const { attention } = model.family.description.block(layer);
    const { bias } = attention.part.out;
    const stored = bias === null ? null : (await readWeight(model.files, bias)).data;
    const { outNorm = null } = attention;
    const affine = outNorm === null ? { gain: null, bias: null } : await affineOf(model.files, outNorm);
    return new AttentionReads(await readOutput(model, layer), stored, attention, affine);
  }

  /** z [N H] of the position, w [D] that reads what attention adds to the stream. */
  of(z: ArrayLike<number>, w: Float64Array): AttentionReading {
    const { multiplier = 1 } = this.#branch;
    const scaled = w.map((value) => value * multiplier);
    const write = this.#throughNorm(z, scaled);
    const afterNorm = this.#affine.bias === null ? 0 : product(this.#affine.bias, scaled);
    return { ...this.ofWrites(write), constant: this.#biasRead(write) + afterNorm };
  }

  /** The same of a reader of what heads write, [D] for all heads or [N D]. */
  ofWrites(write: Float64Array): Pick<AttentionReading, 'heads' | 'write'> {
    const [heads, entries, width] = [axisSize(this.#out, 'N'), axisSize(this.#out, 'H'), axisSize(this.#out, 'D')];
    const { data } = this.#out;
    const own = write.length === width ? 0 : width;
    const reads = Float64Array.from({ length: heads * entries }, (_, i) => {
      const first = Math.floor(i / entries) * own;
      let sum = 0;
      for (let d = 0; d < width; d++) sum += (data[i * width + d] as number) * (write[first + d] as number);
      return sum;
    });
    return { heads: reads, write };
  }

  #biasRead(write: Float64Array): number {
    return this.#bias === null ? 0 : product(this.#bias, write);
  }

  /** w seen through the norm after attention: gain, then its divisor, then centring. */
  #throughNorm(z: ArrayLike<number>, w: Float64Array): Float64Array {
    const { outNorm } = this.#branch;
    if (outNorm === null || outNorm === undefined) return w;
    const by = spreadOf(this.#sum(z), outNorm);
    const scaled = w.map((value, d) => (value * (this.#affine.gain?.[d] ?? 1)) / by);
    if (outNorm.kind === 'rms') return scaled;
    const mean = scaled.reduce((total, value) => total + value, 0) / scaled.length;
    return scaled.map((value) => value - mean);
  }

  /** What attention gives before that norm. */
  #sum(z: ArrayLike<number>): Float64Array {
    const width = axisSize(this.#out, 'D');
    const sum = Float64Array.from(this.#bias ?? new Float32Array(width));
    for (let h = 0; h < z.length; h++) {
      for (let d = 0; d < width; d++) {
        sum[d] = (sum[d] as number) + (z[h] as number) * (this.#out.data[h * width + d] as number);
      }
    }
    return sum;
  }
}

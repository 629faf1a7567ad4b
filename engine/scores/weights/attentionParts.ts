/** A layer's attention at one position, split among its heads, against one direction. */
import type { Branch } from '../../arch/parts/decoder.ts';
import type { Model } from '../../run/index.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { axisSize } from '../../tensor/tensor.ts';
import { dot } from './dot.ts';
import { readOutput } from './headMatrices.ts';
import { gainOf, spreadOf } from './norms.ts';
import { readWeight } from './readWeight.ts';

/** What a layer's heads and its output bias add, through the norm and the factor that may come after attention. */
export class AttentionParts {
  /** W_O [N H D]. */
  readonly #out: Tensor;
  readonly #bias: Float32Array | null;
  readonly #branch: Branch;
  readonly #gain: Float32Array | null;

  private constructor(out: Tensor, bias: Float32Array | null, branch: Branch, gain: Float32Array | null) {
    [this.#out, this.#bias, this.#branch, this.#gain] = [out, bias, branch, gain];
  }

  static async of(model: Model, layer: number): Promise<AttentionParts> {
    const { attention } = model.family.description.block(layer);
    const { bias } = attention.part.out;
    const gain = await gainOf(model.files, attention.outNorm ?? null);
    const stored = bias === null ? null : (await readWeight(model.files, bias)).data;
    return new AttentionParts(await readOutput(model, layer), stored, attention, gain);
  }

  /** z [N H] of one position against w [D]. The bias of a norm after attention counts as bias. */
  of(z: Float32Array, w: Float32Array): { readonly heads: readonly number[]; readonly bias: number } {
    const { outNorm = null, multiplier = 1 } = this.#branch;
    const through = outNorm === null ? w : this.#throughNorm(z, w);
    const width = axisSize(this.#out, 'H');
    const heads = Array.from({ length: axisSize(this.#out, 'N') }, (_, n) => {
      let sum = 0;
      for (let h = n * width; h < (n + 1) * width; h++) sum += (z[h] as number) * dot(this.#row(h), through);
      return multiplier * sum;
    });
    return { heads, bias: this.#bias === null ? 0 : multiplier * dot(this.#bias, through) };
  }

  /** w seen through the norm after attention: gain, then centring, then its divisor at this position. */
  #throughNorm(z: Float32Array, w: Float32Array): Float32Array {
    const norm = this.#branch.outNorm;
    if (norm === null || norm === undefined) return w;
    const sum = this.#sum(z);
    const by = spreadOf(sum, norm);
    const scaled = w.map((value, d) => (value * (this.#gain?.[d] ?? 1)) / by);
    if (norm.kind === 'rms') return scaled;
    const mean = scaled.reduce((total, value) => total + value, 0) / scaled.length;
    return scaled.map((value) => value - mean);
  }

  /** What attention gives before that norm. */
  #sum(z: Float32Array): Float64Array {
    const sum = Float64Array.from(this.#bias ?? new Float32Array(axisSize(this.#out, 'D')));
    for (let h = 0; h < z.length; h++) {
      const row = this.#row(h);
      for (let d = 0; d < sum.length; d++) sum[d] = (sum[d] as number) + (z[h] as number) * (row[d] as number);
    }
    return sum;
  }

  #row(h: number): Float32Array {
    const width = axisSize(this.#out, 'D');
    return this.#out.data.subarray(h * width, (h + 1) * width);
  }
}

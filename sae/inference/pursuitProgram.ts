/** Codes of matching pursuit by kernels of WebAssembly: what the graph of it gives, many times faster. */
import type { Codes } from '../codes.ts';
import type { Dictionary } from '../dictionary.ts';
import { weightOf } from '../dictionary.ts';
import { usefulThreads } from '../pursuit/helperThreads.ts';
import type { PursuitSettings } from '../pursuit/pursuit.ts';
import { pursuitCodes } from '../pursuit/pursuitCodes.ts';
import { PursuitKernels } from '../pursuit/pursuitKernels.ts';

/** Features up to which their Gram matrix (4 F^2 bytes) is held. */
const mostFeatures = 8192;

export class PursuitProgram {
  /** Rows of a run, at most. */
  readonly rowsAtOnce: number;
  readonly #dictionary: Dictionary;
  readonly #settings: PursuitSettings;
  readonly #kernels: PursuitKernels;

  private constructor(dictionary: Dictionary, settings: PursuitSettings, kernels: PursuitKernels) {
    this.#dictionary = dictionary;
    this.#settings = settings;
    this.#kernels = kernels;
    this.rowsAtOnce = kernels.shape.rows;
  }

  static takes({ encoder, features }: Pick<Dictionary, 'encoder' | 'features'>): boolean {
    return encoder.kind === 'matchingPursuit' && features <= mostFeatures;
  }

  static async create(dictionary: Dictionary): Promise<PursuitProgram> {
    const { width, features, encoder, input } = dictionary;
    if (encoder.kind !== 'matchingPursuit') throw new RangeError(`pursuit: not an encoder of kind ${encoder.kind}`);
    const { steps, residualThreshold, relativeThreshold = 0, stopsOnRepeat } = encoder;
    const shape = { width, features, rows: 1024, steps };
    const kernels = await PursuitKernels.create(shape, usefulThreads(shape));
    const bias = weightOf(dictionary, 'b_dec');
    const taken = input.subtractsBias ? bias : new Float32Array(width);
    kernels.write('weights', { W_dec: weightOf(dictionary, 'W_dec'), b_dec: taken });
    const settings = { steps, clamped: true, relativeThreshold, absoluteThreshold: residualThreshold, stopsOnRepeat };
    return new PursuitProgram(dictionary, settings, kernels);
  }

  /** Rows [B D] in the prepared form, at most `rowsAtOnce`; the reconstruction in it too. */
  run(data: Float32Array): { readonly codes: Codes; readonly reconstruction: Float32Array } {
    const codes = pursuitCodes(this.#kernels.encode(data, this.#settings));
    const residuals = this.#kernels.residuals();
    const { input, width } = this.#dictionary;
    const bias = weightOf(this.#dictionary, 'b_dec');
    // x^ = c - r + b_dec, and c is x or x - b_dec.
    const shift = (i: number) => (input.subtractsBias ? 0 : (bias[i % width] as number));
    const reconstruction = data.map((value, i) => value - (residuals[i] as number) + shift(i));
    return { codes, reconstruction };
  }

  release(): Promise<void> {
    return this.#kernels.close();
  }
}

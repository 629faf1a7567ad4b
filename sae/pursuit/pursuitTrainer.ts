/** Training a pursuit's dictionary step by step: the kernels, which atoms are dead, and what is done for them. */
import { seededRandom } from '../../engine/tensor/random.ts';
import { Fault } from '../../engine/terms/fault.ts';
import type { AtomsAndBias, Encoded } from './pursuitKernels.ts';
import { PursuitKernels } from './pursuitKernels.ts';
import type { PursuitState, PursuitStep, PursuitTraining } from './pursuitTraining.ts';
import { checkPursuitTraining } from './pursuitTraining.ts';
import { replacementRows } from './replacementRows.ts';

export interface TrainerOptions {
  readonly training: PursuitTraining;
  /** Most rows of a step. */
  readonly rows: number;
  /** Of what is drawn while training: rows that replace dead atoms. */
  readonly seed: number;
  /** Threads that share a step, the calling one among them; results do not depend on it. */
  readonly threads: number;
}

/** The state after any step goes on to the same bits, in this process or another. */
export class PursuitTrainer {
  readonly #options: TrainerOptions;
  readonly #kernels: PursuitKernels;
  readonly #sinceFired: Float64Array;
  /** [F] number of the row that an atom was last met in: finds atoms that a row has picked twice. */
  readonly #met: Float64Array;
  #rowsMet = 0;
  #step: number;

  private constructor(options: TrainerOptions, kernels: PursuitKernels, state: PursuitState) {
    this.#options = options;
    this.#kernels = kernels;
    this.#step = state.step;
    this.#sinceFired = state.sinceFired.slice();
    this.#met = new Float64Array(state.sinceFired.length);
  }

  /** Throws Fault for settings out of range and for what does not fit in memory. `close` ends its threads. */
  static async create(state: PursuitState, options: TrainerOptions): Promise<PursuitTrainer> {
    const { training, rows, threads } = options;
    checkPursuitTraining(training, 'matching pursuit');
    const width = partOf(state.weights, 'b_dec').length;
    const features = state.sinceFired.length;
    const kernels = await PursuitKernels.create({ width, features, rows, steps: training.pursuit.steps }, threads);
    kernels.write('weights', atomsAndBias(state.weights));
    kernels.write('first', atomsAndBias(state.first));
    kernels.write('second', atomsAndBias(state.second));
    return new PursuitTrainer(options, kernels, state);
  }

  /**
   * One step on rows x [B D]. Throws Fault for values that are not finite, those of the input or what they led to; the state
   * from before is lost then.
   */
  step(x: Float32Array, rate: number): PursuitStep {
    const { training } = this.#options;
    this.#step++;
    const gradientNorm = this.#kernels.train(x, training, { rate, step: this.#step, pushed: this.#pushed() });
    const encoded = this.#kernels.encoded();
    const rows = encoded.counts.length;
    const loss = encoded.squares.reduce((sum, value) => sum + value, 0) / rows;
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) throw this.#notFinite(x, loss);
    const { picks, atoms } = this.#count(encoded);
    this.#replaceDead(encoded);
    return { loss, picks: picks / rows, l0: atoms / rows, gradientNorm, dead: this.#dead().length };
  }

  state(): PursuitState {
    const named = (kind: 'weights' | 'first' | 'second') => {
      const { W_dec, b_dec } = this.#kernels.read(kind);
      return new Map([
        ['W_dec', W_dec],
        ['b_dec', b_dec],
      ]);
    };
    return {
      step: this.#step,
      weights: named('weights'),
      first: named('first'),
      second: named('second'),
      sinceFired: this.#sinceFired.slice(),
    };
  }

  /** Picks and codes of rows x [B D] with the weights as they are. */
  encode(x: Float32Array): Encoded {
    return this.#kernels.encode(x, this.#options.training.pursuit);
  }

  async close(): Promise<void> {
    await this.#kernels.close();
  }

  #dead(): number[] {
    const { window } = this.#options.training.dead;
    return [...this.#sinceFired.keys()].filter((atom) => (this.#sinceFired[atom] as number) >= window);
  }

  #pushed(): Float32Array | null {
    if (this.#options.training.dead.remedy.kind !== 'push') return null;
    const pushed = new Float32Array(this.#sinceFired.length);
    for (const atom of this.#dead()) pushed[atom] = 1;
    return pushed;
  }

  /** Sums over the rows, and who was picked. */
  #count({ counts, atoms, stride }: Encoded): { readonly picks: number; readonly atoms: number } {
    const rows = counts.length;
    this.#sinceFired.forEach((value, atom) => (this.#sinceFired[atom] = value + rows));
    let [picks, different] = [0, 0];
    for (let row = 0; row < rows; row++) {
      const count = counts[row] as number;
      picks += count;
      this.#rowsMet++;
      for (let t = row * stride; t < row * stride + count; t++) {
        const atom = atoms[t] as number;
        if (this.#met[atom] !== this.#rowsMet) different++;
        this.#met[atom] = this.#rowsMet;
        this.#sinceFired[atom] = 0;
      }
    }
    return { picks, atoms: different };
  }

  /** d_i <- r / |r| of a row that was badly reconstructed; its moments start again. */
  #replaceDead({ squares }: Encoded): void {
    const { training, seed } = this.#options;
    const { remedy } = training.dead;
    if (remedy.kind !== 'replace' || this.#step % remedy.every !== 0) return;
    const dead = this.#dead();
    if (dead.length === 0) return;
    const rows = replacementRows(squares, dead.length, seededRandom(seed + 2 ** 32 * this.#step));
    const { width } = this.#kernels.shape;
    const residuals = this.#kernels.residuals();
    const [weights, first, second] = (['weights', 'first', 'second'] as const).map((kind) =>
      this.#kernels.read(kind),
    ) as [AtomsAndBias, AtomsAndBias, AtomsAndBias];
    rows.forEach((row, i) => {
      const atom = dead[i] as number;
      const length = Math.sqrt(squares[row] as number);
      weights.W_dec.set(
        residuals.subarray(row * width, (row + 1) * width).map((r) => r / length),
        atom * width,
      );
      for (const { W_dec } of [first, second]) W_dec.fill(0, atom * width, (atom + 1) * width);
      this.#sinceFired[atom] = 0;
    });
    this.#kernels.write('weights', weights);
    this.#kernels.write('first', first);
    this.#kernels.write('second', second);
  }

  #notFinite(x: Float32Array, loss: number): Fault {
    const where = `step ${this.#step}`;
    const bad = x.findIndex((value) => !Number.isFinite(value));
    const { width } = this.#kernels.shape;
    if (bad < 0)
      return new Fault({ what: 'training diverged', where, expected: 'finite numbers', got: `loss ${loss}` });
    const what = `activations of row ${Math.floor(bad / width)} are not finite`;
    return new Fault({ what, where, expected: 'finite numbers', got: String(x[bad]) });
  }
}

function atomsAndBias(parts: ReadonlyMap<string, Float32Array>): AtomsAndBias {
  return { W_dec: partOf(parts, 'W_dec'), b_dec: partOf(parts, 'b_dec') };
}

function partOf(parts: ReadonlyMap<string, Float32Array>, name: string): Float32Array {
  const found = parts.get(name);
  if (found === undefined)
    throw new RangeError(`state of a pursuit: expected ${name}, got ${[...parts.keys()].join(', ')}`);
  return found;
}

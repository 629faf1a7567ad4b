/** The kernels of one shape, with their memory and threads: what is copied in, run, and copied out. */
import { Fault } from '../../engine/terms/fault.ts';
import { HelperThreads } from './helperThreads.ts';
import { kernelModule } from './kernels/kernelModule.ts';
import type { KernelShape, Layout } from './kernels/layout.ts';
import { control, layoutOf, PHASES, scalars } from './kernels/layout.ts';
import type { Job } from './kernels/threads.ts';
import { jobCodes } from './kernels/threads.ts';
import type { PursuitSettings } from './pursuit.ts';
import type { Picks } from './pursuitCodes.ts';
import type { PursuitTraining, StepNumbers } from './pursuitTraining.ts';
import { adamScalars } from './pursuitTraining.ts';
import { normCodes } from '../wasm/adam.ts';
import { Instance, Memory, Module } from '../wasm/webAssembly.ts';

/** Values that are rows of atoms with the bias below them. */
export type WeightKind = 'weights' | 'first' | 'second';

export interface AtomsAndBias {
  /** [F D] */
  readonly W_dec: Float32Array;
  /** [D] */
  readonly b_dec: Float32Array;
}

/** Results of the last job; the arrays are copies. */
export interface Encoded extends Picks {
  /** [B] |r_T|^2 */
  readonly squares: Float32Array;
}

/** Calls block their thread until all threads are done. Results are the same bits with any number of threads. */
export class PursuitKernels {
  readonly shape: KernelShape;
  readonly #layout: Layout;
  readonly #words: Int32Array;
  readonly #floats: Float32Array;
  readonly #exports: Readonly<Record<string, () => void>>;
  readonly #helpers: HelperThreads;
  /** Rows that the last job saw. */
  #rows = 0;
  /** Do packed atoms and Gram matrix fit the weights? */
  #prepared = false;

  private constructor(
    layout: Layout,
    buffer: SharedArrayBuffer,
    exports: Record<string, () => void>,
    helpers: HelperThreads,
  ) {
    this.shape = layout.shape;
    this.#layout = layout;
    this.#words = new Int32Array(buffer);
    this.#floats = new Float32Array(buffer);
    this.#exports = exports;
    this.#helpers = helpers;
  }

  /** `threads` counts the calling one. Throws Fault for a shape that does not fit in memory. */
  static async create(shape: KernelShape, threads: number): Promise<PursuitKernels> {
    const layout = layoutOf(shape);
    const module = new Module(kernelModule(layout));
    const memory = allocated(layout);
    const { exports } = new Instance(module, { env: { memory } });
    new Int32Array(memory.buffer)[control.threads / 4] = threads;
    const helpers = await HelperThreads.start(threads - 1, module, memory);
    return new PursuitKernels(layout, memory.buffer, exports, helpers);
  }

  write(kind: WeightKind, { W_dec, b_dec }: AtomsAndBias): void {
    const { features, width } = this.shape;
    this.#writeRows(this.#layout.at[kind], W_dec, features, width);
    this.#writeRows(this.#layout.at[kind] + this.#layout.features * this.#layout.rowBytes, b_dec, 1, width);
    this.#prepared = false;
  }

  read(kind: WeightKind): AtomsAndBias {
    const { features } = this.shape;
    const bias = this.#layout.at[kind] + this.#layout.features * this.#layout.rowBytes;
    return { W_dec: this.#readRows(this.#layout.at[kind], features), b_dec: this.#readRows(bias, 1) };
  }

  /** Rows x [B D], at most as many as the shape has. */
  encode(x: Float32Array, settings: PursuitSettings): Encoded {
    this.#begin(x, settings);
    if (!this.#prepared) this.#run('prepare');
    this.#prepared = true;
    this.#run('encode');
    return this.encoded();
  }

  /** One step on rows x [B D]. Gives the length of the gradient before clipping; `encoded` and `residuals` tell the rest. */
  train(x: Float32Array, training: PursuitTraining, numbers: StepNumbers): number {
    this.#begin(x, training.pursuit);
    this.#setTraining(training, numbers);
    this.#run('train');
    this.#prepared = false;
    return Math.sqrt(this.#floats[scalars.gradientSquare / 4] as number);
  }

  /** Picks of the last job. */
  encoded(): Encoded {
    const { features, steps } = this.shape;
    const { counts, picks, coefficients, loss } = this.#layout.at;
    return {
      features,
      stride: steps,
      counts: this.#words.slice(counts / 4, counts / 4 + this.#rows),
      atoms: this.#words.slice(picks / 4, picks / 4 + this.#rows * steps),
      coefficients: this.#floats.slice(coefficients / 4, coefficients / 4 + this.#rows * steps),
      squares: this.#floats.slice(loss / 4, loss / 4 + this.#rows),
    };
  }

  /** [B D] r_T of the last job. */
  residuals(): Float32Array {
    return this.#readRows(this.#layout.at.residual, this.#rows);
  }

  /** The gradient of the last step [F + 1, D], bias last, before clipping. */
  gradient(): AtomsAndBias {
    const { gradient } = this.#layout.at;
    const bias = gradient + this.#layout.features * this.#layout.rowBytes;
    return { W_dec: this.#readRows(gradient, this.shape.features), b_dec: this.#readRows(bias, 1) };
  }

  /** Ends the threads. Nothing may be called after it. */
  async close(): Promise<void> {
    this.#post(jobCodes.stop);
    await this.#helpers.ended();
  }

  #run(job: Job): void {
    for (let phase = 0; phase < PHASES; phase++) this.#words[(control.counters + 64 * phase) / 4] = 0;
    this.#post(jobCodes[job]);
    this.#exports[job]?.();
  }

  #post(code: number): void {
    this.#words[control.job / 4] = code;
    Atomics.add(this.#words, control.jobGeneration / 4, 1);
    Atomics.notify(this.#words, control.jobGeneration / 4);
  }

  #begin(x: Float32Array, settings: PursuitSettings): void {
    const { width, rows, steps } = this.shape;
    this.#rows = x.length / width;
    if (!Number.isInteger(this.#rows) || this.#rows > rows || settings.steps > steps) {
      const got = `${x.length} values, ${settings.steps} steps`;
      throw new RangeError(`pursuit: expected at most ${rows} rows of ${width} and ${steps} steps, got ${got}`);
    }
    this.#writeRows(this.#layout.at.x, x, this.#rows, width);
    this.#setWord('rows', this.#rows);
    this.#setWord('steps', settings.steps);
    this.#setWord('clamped', Number(settings.clamped));
    this.#setWord('stopsOnRepeat', Number(settings.stopsOnRepeat));
    this.#setFloat('relativeThreshold', settings.relativeThreshold);
    this.#setFloat('absoluteSquare', settings.absoluteThreshold ** 2);
  }

  #setTraining(training: PursuitTraining, numbers: StepNumbers): void {
    const { gradient, norm, frozen, optimiser, push } = training;
    const [beta1, beta2] = optimiser.betas;
    const adam = adamScalars(optimiser, numbers);
    const trainsAtoms = !frozen.includes('W_dec');
    const dead = numbers.dead.reduce((sum, value) => sum + value, 0);
    this.#floats.set(numbers.dead, this.#layout.at.dead / 4);
    this.#setWord('holdsCodes', Number(gradient === 'heldCodes'));
    this.#setFloat('trainsAtoms', Number(trainsAtoms));
    this.#setFloat('trainsBias', Number(!frozen.includes('b_dec')));
    this.#setWord('norm', normCodes[trainsAtoms ? norm : 'free']);
    this.#setFloat('weight', 1 / this.#rows);
    this.#setFloat('push', push / (Math.max(dead, 1) * this.#rows));
    this.#setFloat('clip', optimiser.clip ?? Infinity);
    this.#setFloat('beta1', beta1);
    this.#setFloat('beta2', beta2);
    this.#setFloat('fresh1', 1 - beta1);
    this.#setFloat('fresh2', 1 - beta2);
    this.#setFloat('epsilon', optimiser.epsilon);
    this.#setFloat('kept', trainsAtoms ? adam.kept : 1);
    this.#setFloat('rate', adam.rate);
    this.#setFloat('secondCorrection', adam.secondCorrection);
  }

  #setWord(name: keyof typeof scalars, value: number): void {
    this.#words[scalars[name] / 4] = value;
  }

  #setFloat(name: keyof typeof scalars, value: number): void {
    this.#floats[scalars[name] / 4] = value;
  }

  /** Rows of D values, each at the start of its padded row. */
  #writeRows(address: number, values: Float32Array, count: number, width: number): void {
    const padded = this.#layout.width;
    if (padded === width) this.#floats.set(values.subarray(0, count * width), address / 4);
    else
      for (let i = 0; i < count; i++)
        this.#floats.set(values.subarray(i * width, (i + 1) * width), address / 4 + i * padded);
  }

  #readRows(address: number, count: number): Float32Array {
    const [{ width }, padded] = [this.shape, this.#layout.width];
    if (padded === width) return this.#floats.slice(address / 4, address / 4 + count * width);
    const values = new Float32Array(count * width);
    for (let i = 0; i < count; i++) {
      const start = address / 4 + i * padded;
      values.set(this.#floats.subarray(start, start + width), i * width);
    }
    return values;
  }
}

function allocated({ pages, shape }: Layout) {
  try {
    return new Memory({ initial: pages, maximum: pages, shared: true });
  } catch {
    throw new Fault({
      what: 'no memory for matching pursuit',
      where: `${shape.features} features of width ${shape.width}`,
      expected: `${Math.ceil((pages * 65536) / 2 ** 20)} MiB`,
    });
  }
}

/** The only importer of onnxruntime-node: sessions over lowered programs. Choices below are measured (see CONTRIBUTING). */
import { availableParallelism } from 'node:os';
import { env, InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { Axis } from '../terms/axes.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { LoweredProgram } from '../graph/lower.ts';

// Warnings about fallback kernels are not for users; errors are thrown anyway.
env.logLevel = 'error';

export type FeedData = Float32Array | BigInt64Array;

/** Row-major values for one program input; `shape` goes with the input's axes. */
export interface Feed {
  readonly data: FeedData;
  readonly shape: readonly number[];
}

export type Feeds = Readonly<Record<string, Feed>>;

/** Bytes that a program's external initializers name by `path` and that lie in memory. */
export interface MemoryInitializer {
  readonly path: string;
  readonly data: Uint8Array;
}

export interface SessionOptions {
  /** Real folder of the files that initializers point into; they are then used where they lie, not packed. */
  readonly folder?: string | undefined;
  readonly memory: readonly MemoryInitializer[];
  /**
   * Keep the memory of intermediate values for the next run. Fresh pages cost a third of a large run's time, but the
   * arena never shrinks: only for sessions that are few.
   */
  readonly keepsArena: boolean;
  /**
   * Lay all intermediate values of a shape out in one block from its second run on (default: true). The block comes beside
   * what the first run took: a training step then needs twice the memory, in the same time.
   */
  readonly plansMemory?: boolean;
  /**
   * Threads wait busily for the next operation (default: false, for the pools of several sessions starve each other while
   * they spin). Backward blocks are many small operations run one after another in one session: 0.88 of the time (median of
   * five alternations on a noisy machine, 0.83 to 1.01).
   */
  readonly spins?: boolean;
  /**
   * Threads of each operation (default: as many as there are cores). Small matrices take longer with two than with one:
   * 1024 x 64 x 512 at 29 against 18 GFLOP/s.
   */
  readonly threads?: number;
}

export class Session {
  readonly program: LoweredProgram;
  readonly #session: InferenceSession;

  private constructor(program: LoweredProgram, session: InferenceSession) {
    this.program = program;
    this.#session = session;
  }

  static async create(program: LoweredProgram, options: SessionOptions): Promise<Session> {
    const session = await InferenceSession.create(program.model, {
      executionProviders: ['cpu'],
      intraOpNumThreads: options.threads ?? availableParallelism(),
      graphOptimizationLevel: 'all',
      enableCpuMemArena: options.keepsArena,
      enableMemPattern: options.plansMemory ?? true,
      logSeverityLevel: 3,
      ...(options.memory.length === 0 ? {} : { externalData: [...options.memory] }),
      extra: {
        session: { intra_op: { allow_spinning: options.spins === true ? '1' : '0' }, ...inFolder(options.folder) },
      },
    });
    return new Session(program, session);
  }

  /**
   * Runs once; gives the outputs asked for, with axes named as in the graph. Those in `into` are written there, and are not
   * among what is given: large outputs need no fresh pages then.
   */
  async run(feeds: Feeds, outputs: readonly string[], into: Feeds = {}): Promise<ReadonlyMap<string, Tensor>> {
    const given = Object.fromEntries(this.program.inputs.map(({ name }) => [name, ortTensor(name, feeds[name])]));
    const places = Object.entries(into).map(([name, place]) => [name, ortTensor(name, place)] as const);
    const fetches = Object.fromEntries([...outputs.map((name) => [name, null] as const), ...places]);
    const results = await this.#session.run(given, fetches);
    return new Map(outputs.map((name) => [name, this.#named(name, results[name])]));
  }

  release(): Promise<void> {
    return this.#session.release();
  }

  #named(name: string, result: OrtTensor | undefined): Tensor {
    const output = this.program.outputs.find((entry) => entry.name === name);
    if (result === undefined || output === undefined) throw new RangeError(`program has no output ${name}`);
    const data = result.data;
    if (!(data instanceof Float32Array)) throw new TypeError(`output ${name}: expected float32, got ${result.type}`);
    const axes = output.axes.map(({ axis }: { axis: Axis }, i: number) => ({ axis, size: result.dims[i] ?? 0 }));
    return { axes, data };
  }
}

function inFolder(folder: string | undefined) {
  return folder === undefined ? {} : { model_external_initializers_file_folder_path: folder, disable_prepacking: '1' };
}

function ortTensor(name: string, feed: Feed | undefined): OrtTensor {
  if (feed === undefined) throw new RangeError(`program input ${name}: nothing was fed`);
  return feed.data instanceof Float32Array
    ? new OrtTensor('float32', feed.data, feed.shape)
    : new OrtTensor('int64', feed.data, feed.shape);
}

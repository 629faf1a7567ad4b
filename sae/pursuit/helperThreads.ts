/** Threads that take part in the kernels' jobs. All they do is in WebAssembly; this is only how they are born and end. */
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { KernelShape } from './kernels/layout.ts';
import { LANES } from './kernels/layout.ts';
import type { CompiledModule, SharedMemory } from '../wasm/webAssembly.ts';

const life = `
const { module, memory } = require('node:worker_threads').workerData;
new WebAssembly.Instance(module, { env: { memory } }).exports.serve();
`;

export class HelperThreads {
  readonly #workers: readonly Worker[];

  private constructor(workers: readonly Worker[]) {
    this.#workers = workers;
  }

  /** Each runs the module's `serve` over this memory. They keep no process alive. */
  static async start(count: number, module: CompiledModule, memory: SharedMemory): Promise<HelperThreads> {
    const workerData = { module, memory };
    const workers = Array.from({ length: count }, () => new Worker(life, { eval: true, execArgv: [], workerData }));
    await Promise.all(workers.map((worker) => once(worker, 'online')));
    for (const worker of workers) worker.unref();
    return new HelperThreads(workers);
  }

  /** Once `serve` was told to stop. */
  async ended(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

/** Products up to which a step is over before threads have met seven times: about a millisecond of one. */
const smallStep = 2 ** 23;

/** How many threads share a step best: one for small steps; else those of the machine, and there are no more lanes. */
export function usefulThreads({ rows, width, features }: Pick<KernelShape, 'rows' | 'width' | 'features'>): number {
  const products = (rows + features / 2) * width * features;
  return products <= smallStep ? 1 : Math.min(LANES, availableParallelism());
}

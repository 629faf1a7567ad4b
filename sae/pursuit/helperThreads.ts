/** Threads that take part in the kernels' jobs. All they do is in WebAssembly; this is only how they are born and end. */
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { LANES } from './kernels/layout.ts';
import type { CompiledModule, SharedMemory } from './wasm/webAssembly.ts';

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

/** Threads that can share a job: what the machine has, and there are no more lanes. */
export function usefulThreads(): number {
  return Math.min(LANES, availableParallelism());
}

/** How threads share a job: they take items of a phase one by one, and meet before the next. */
import type { FunctionBuilder, Local } from '../../wasm/functionBuilder.ts';
import { atomics, i32 } from '../../wasm/instructions.ts';
import type { Callable, ModuleBuilder } from '../../wasm/moduleBuilder.ts';
import { control } from './layout.ts';

/** Looks of a thread that waits before it goes to sleep: a phase is mostly shorter than waking up. */
const LOOKS = 2000;

/** Jobs as the helping threads are told. */
export const jobCodes = { prepare: 0, encode: 1, train: 2, stop: 3 } as const;

export type Job = Exclude<keyof typeof jobCodes, 'stop'>;

/** Nobody goes on before all are here. */
export function defineBarrier(module: ModuleBuilder): Callable<readonly []> {
  return module.define('barrier', [], (f) => {
    const generation = f.keep(atomics.load(control.barrierGeneration));
    const others = f.keep(i32.sub(i32.load(control.threads), 1));
    f.when(
      i32.eq(atomics.fetchAdd(control.arrived, 1), others),
      () => {
        f.do(atomics.store(control.arrived, 0));
        f.do(atomics.store(control.barrierGeneration, i32.add(generation, 1)));
        f.do(atomics.notify(control.barrierGeneration));
      },
      () => waitWhile(f, control.barrierGeneration, generation),
    );
  });
}

/** Takes items 0 ... count - 1 of a phase that no other thread has taken, then waits for the others. */
export function share(
  f: FunctionBuilder,
  phase: number,
  count: number,
  barrier: Callable<readonly []>,
  body: (item: Local<'i32'>) => void,
): void {
  const item = f.i32();
  f.repeat((leave) => {
    f.set(item, atomics.fetchAdd(control.counters + 64 * phase, 1));
    leave(i32.ge(item, count));
    body(item);
  });
  f.do(barrier());
}

/** `serve()`: a helping thread's life: waits for a job and takes part, until it is told to stop. */
export function defineServe(module: ModuleBuilder, jobs: Readonly<Record<Job, Callable<readonly []>>>): void {
  module.define('serve', [], (f) => {
    const seen = f.i32(0);
    f.repeat((leave) => {
      waitWhile(f, control.jobGeneration, seen);
      f.set(seen, atomics.load(control.jobGeneration));
      const job = f.keep(i32.load(control.job));
      leave(i32.eq(job, jobCodes.stop));
      for (const name of ['prepare', 'encode', 'train'] as const) {
        f.when(i32.eq(job, jobCodes[name]), () => f.do(jobs[name]()));
      }
    });
  });
}

/** Until the word is another. */
function waitWhile(f: FunctionBuilder, address: number, value: Local<'i32'>): void {
  f.block((leave) => {
    f.range(0, LOOKS, 1, () => leave(i32.ne(atomics.load(address), value)));
    f.repeat((changed) => {
      changed(i32.ne(atomics.load(address), value));
      f.do(atomics.wait(address, value));
    });
  });
}

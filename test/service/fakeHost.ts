/** A compute process whose calls do what a test says, and that can be made to die. */
import type { Client, ComputeCall, EventOf, RequestOf } from '../../engine/results/index.ts';
import { Cancelled, Defect } from '../../engine/results/index.ts';
import type { JobRequest } from '../../engine/results/runs.ts';
import type { Resident } from '../../engine/results/workbench.ts';
import type { ComputeHost } from '../../engine/service/jobs/computeHost.ts';
import { recordWith, summaryOf } from '../exports/record.ts';

type Calls = Partial<Pick<Client, ComputeCall>>;

export const model = recordWith().header.model;
const { shape } = recordWith().header;

export class FakeHost implements ComputeHost {
  readonly #calls: Calls;
  readonly #replaced = new Set<(reason: string) => void>();
  readonly #residents = new Set<() => void>();
  #resident: Resident | null = null;
  client: Pick<Client, ComputeCall>;
  /** Rejects the calls of the process that lives. */
  #die: (error: Error) => void = () => undefined;
  #death: Promise<never> = Promise.reject(new Cancelled());

  constructor(calls: Calls) {
    this.#calls = calls;
    this.client = this.#begin();
  }

  onReplaced(listener: (reason: string) => void): () => void {
    this.#replaced.add(listener);
    return () => this.#replaced.delete(listener);
  }

  onResident(listener: () => void): () => void {
    this.#residents.add(listener);
    return () => this.#residents.delete(listener);
  }

  resident(): Resident | null {
    return this.#resident;
  }

  /** Opens a model, as if the user had. */
  open(path: string | null): void {
    this.#resident = path === null ? null : { path, model, shape };
    for (const listener of this.#residents) listener();
  }

  /** The calls fail first, as when a process ends; a moment later there is a new one. */
  async replace(reason: string): Promise<void> {
    this.#die(new Defect('the connection closed before the call ended'));
    await new Promise((resolve) => setTimeout(resolve, 5));
    this.client = this.#begin();
    this.open(null);
    for (const listener of this.#replaced) listener(reason);
  }

  #begin(): Pick<Client, ComputeCall> {
    this.#death.catch(() => undefined);
    this.#death = new Promise((_, reject) => (this.#die = reject));
    this.#death.catch(() => undefined);
    const death = this.#death;
    const families = () => Promise.race([death, Promise.resolve({ families: [] })]);
    const open = ({ model: path }: RequestOf<'open'>) => opening(() => this.open(path));
    const mortal = Object.entries(this.#calls).map(([name, call]) => [name, dying(call as Streaming, death)]);
    return { families, open, ...Object.fromEntries(mortal) } as unknown as Pick<Client, ComputeCall>;
  }
}

async function* opening(open: () => void): ReturnType<Client['open']> {
  open();
  return { model, shape, seconds: 0 };
}

type Streaming = (...given: readonly unknown[]) => AsyncGenerator<unknown, unknown, void>;

/** The stream, which fails when the process dies. */
function dying(call: Streaming, death: Promise<never>): Streaming {
  return async function* mortal(...given) {
    const events = call(...given);
    for (;;) {
      const step = await Promise.race([death, events.next()]);
      if (step.done === true) return step.value;
      yield step.value;
    }
  };
}

/** A gate that the test opens: a call waits at each place until it is let through. */
export class Gate {
  #open = 0;
  #wake: () => void = () => undefined;

  async pass(signal?: AbortSignal): Promise<void> {
    const wake = () => this.#wake();
    signal?.addEventListener('abort', wake);
    while (this.#open === 0) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
      if (signal?.aborted === true) throw new Cancelled();
    }
    signal?.removeEventListener('abort', wake);
    this.#open -= 1;
  }

  let(times: number): void {
    this.#open += times;
    this.#wake();
  }
}

export const units = 8;

/** Unit `i` of eight, always with the same numbers. */
export function unitRow(i: number): EventOf<'ablate'> {
  const effect = summaryOf(-(i + 1) / 3);
  return { kind: 'unit', layer: Math.floor(i / 4), head: i % 4, effect, kl: summaryOf((i + 1) / 30) };
}

/** An ablation that goes on from `done`, one unit for each time the gate is opened. */
export function fakeAblate(gate: Gate, seen: RequestOf<'ablate'>[] = []): Client['ablate'] {
  return async function* ablate(request, { signal } = {}) {
    seen.push(request);
    const { header, baseline } = recordWith({}, { unitsPerRun: request.unitsPerRun ?? 3, scale: null });
    yield { kind: 'start', header };
    yield { kind: 'baseline', baseline };
    for (let i = request.done ?? 0; i < units; i++) {
      await gate.pass(signal);
      yield unitRow(i);
      yield { kind: 'progress', of: 'units', done: i + 1, total: units };
    }
    return { seconds: 1, warnings: ['planted'] };
  };
}

export function ablateJob(path = '/models/tiny.gguf', seed = 0): JobRequest {
  const prompts = { kind: 'task', task: 'ioi', n: 4, seed } as const;
  return { call: 'ablate', request: { model: path, ablation: 'zero', unit: 'head', seed, prompts } };
}

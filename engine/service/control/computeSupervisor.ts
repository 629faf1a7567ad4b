/**
 * Keeps one compute process alive. One that dies, or that says nothing for too long, is replaced; its calls fail, and the
 * model is opened again by the next call that names it.
 */
import { setTimeout } from 'node:timers/promises';
import type { Heartbeat } from '../../results/heartbeat.ts';
import { usualHeartbeat } from '../../results/heartbeat.ts';
import type { Resident } from '../../results/workbench.ts';
import type { ComputeHost } from '../jobs/computeHost.ts';
import type { ComputeChild } from './computeChild.ts';
import type { ComputeClient, Status } from './computeLife.ts';
import { ComputeLife } from './computeLife.ts';

export interface SupervisorOptions {
  /** Starts a compute process. */
  spawn(): ComputeChild;
  /**
   * A process is silent while native code runs: the limit must exceed the longest program or the loading of one layer's
   * weights, whichever is longer. Programs are planned to stay under 60 ms; a session over weights of several gigabytes
   * may take seconds. Default: 60 s.
   */
  readonly heartbeat?: Heartbeat;
}

/** A process that ends sooner than this may not be able to live at all. Milliseconds. */
const SHORT_LIFE = 3000;
/** Milliseconds before a process is started after two short lives; doubled with each further one. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;

export class ComputeSupervisor implements ComputeHost {
  readonly #options: SupervisorOptions;
  readonly #onReplaced = new Set<(reason: string) => void>();
  readonly #onResident = new Set<() => void>();
  readonly #onMemory = new Set<() => void>();
  readonly #disposing = new AbortController();
  #life: ComputeLife;
  #status: Status | null = null;
  #shortLives = 0;

  /** Starts the first process. Throws what `spawn` throws. */
  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#life = this.#begin();
  }

  get client(): ComputeClient {
    return this.#life.client;
  }

  resident(): Resident | null {
    return this.#status?.resident ?? null;
  }

  /** Bytes that the process holds; null until it has said so. */
  memory(): number | null {
    return this.#status?.memory ?? null;
  }

  onReplaced(listener: (reason: string) => void): () => void {
    return listening(this.#onReplaced, listener);
  }

  onResident(listener: () => void): () => void {
    return listening(this.#onResident, listener);
  }

  /** Called when the process holds notably more or less. Returns what ends the listening. */
  onMemory(listener: () => void): () => void {
    return listening(this.#onMemory, listener);
  }

  async dispose(): Promise<void> {
    this.#disposing.abort();
    await this.#life.close();
  }

  #begin(): ComputeLife {
    const { spawn, heartbeat = usualHeartbeat } = this.#options;
    const life: ComputeLife = new ComputeLife(spawn(), heartbeat, (status) => {
      if (life === this.#life) this.#learn(status);
    });
    void life.over.then((reason) => this.#replace(reason));
    return life;
  }

  async #replace(reason: string): Promise<void> {
    const { signal } = this.#disposing;
    if (signal.aborted) return;
    this.#shortLives = performance.now() - this.#life.began < SHORT_LIFE ? this.#shortLives + 1 : 0;
    this.#learn(null);
    const pause = this.#shortLives < 2 ? 0 : Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (this.#shortLives - 2));
    if (pause > 0) await setTimeout(pause, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    this.#life = this.#begin();
    for (const listener of this.#onReplaced) listener(reason);
  }

  #learn(status: Status | null): void {
    const [before, now] = [this.#status?.resident ?? null, status?.resident ?? null];
    this.#status = status;
    const isSame = before?.path === now?.path && before?.model.weights === now?.model.weights;
    for (const listener of isSame ? this.#onMemory : this.#onResident) listener();
  }
}

function listening<L>(listeners: Set<L>, listener: L): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Keeps one model open: calls on the same path share it, another path replaces it once nobody uses it. */
import { resolve } from 'node:path';
import type { Model } from '../run/index.ts';
import { openModel } from '../run/index.ts';
import type { RequestOf } from '../results/index.ts';

export interface Lease {
  readonly model: Model;
  release(): void;
}

export type OpenRequest = Omit<RequestOf<'open'>, 'plan'>;
export type OnProgress = (done: number, total: number) => void;
type Opener = typeof openModel;

/** The model in memory, and the path that it was asked for by. */
interface OpenedModel {
  readonly path: string;
  readonly model: Model;
}

interface Held extends OpenedModel {
  /** How the weights were asked to be held. */
  readonly weights: OpenRequest['weights'];
}

/** Where calls get their model from. */
export interface ModelSource {
  /** Runs `work` with the model of the request; the model outlives the call. */
  use<T>(request: OpenRequest, signal: AbortSignal, work: (model: Model) => Promise<T>): Promise<T>;
  lease(request: OpenRequest, signal: AbortSignal, onProgress?: OnProgress): Promise<Lease>;
}

/** One model that someone else opened and will close. */
export function sourceOf(model: Model): ModelSource {
  return {
    use: (_request, _signal, work) => work(model),
    lease: async () => ({ model, release: () => undefined }),
  };
}

export class OpenModels implements ModelSource {
  readonly #open: Opener;
  #held: Held | null = null;
  #users = 0;
  #idle: (() => void) | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  readonly #listeners = new Set<() => void>();

  constructor(open: Opener = openModel) {
    this.#open = open;
  }

  get held(): OpenedModel | null {
    return this.#held;
  }

  /** Called when another model, or none, is in memory. Returns what ends the listening. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async use<T>(request: OpenRequest, signal: AbortSignal, work: (model: Model) => Promise<T>): Promise<T> {
    const { model, release } = await this.lease(request, signal);
    try {
      return await work(model);
    } finally {
      release();
    }
  }

  /** One opening at a time: a second caller of the same model finds it open. */
  lease(request: OpenRequest, signal: AbortSignal, onProgress?: OnProgress): Promise<Lease> {
    const lease = this.#turn.then(() => this.#take(request, signal, onProgress));
    this.#turn = lease.catch(() => undefined);
    return lease;
  }

  async dispose(): Promise<void> {
    const closed = this.#turn.then(() => this.#close());
    this.#turn = closed.catch(() => undefined);
    return closed;
  }

  async #take(request: OpenRequest, signal: AbortSignal, onProgress?: OnProgress): Promise<Lease> {
    signal.throwIfAborted();
    const held = await this.#hold(request, signal, onProgress);
    this.#users++;
    return { model: held.model, release: once(() => this.#release()) };
  }

  async #hold({ model: path, weights }: OpenRequest, signal: AbortSignal, onProgress?: OnProgress): Promise<Held> {
    if (this.#held !== null && fits(this.#held, path, weights)) return this.#held;
    await this.#close();
    const model = await this.#open(path, {
      signal,
      ...(weights === undefined ? {} : { weights }),
      ...(onProgress === undefined ? {} : { onProgress }),
    });
    const held = { path, weights, model };
    this.#become(held);
    return held;
  }

  async #close(): Promise<void> {
    if (this.#users > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
    const held = this.#held;
    if (held === null) return;
    this.#become(null);
    await held.model.dispose();
  }

  #become(held: Held | null): void {
    this.#held = held;
    for (const listener of this.#listeners) listener();
  }

  #release(): void {
    this.#users--;
    if (this.#users > 0) return;
    this.#idle?.();
    this.#idle = null;
  }
}

/** Whoever does not say how the weights are to be held takes them as they are. */
function fits(held: Held, path: string, weights: OpenRequest['weights'] = 'auto'): boolean {
  if (resolve(held.path) !== resolve(path)) return false;
  return weights === 'auto' || weights === held.weights || weights === held.model.weights;
}

function once(act: () => void): () => void {
  let done = false;
  return () => {
    if (!done) act();
    done = true;
  };
}

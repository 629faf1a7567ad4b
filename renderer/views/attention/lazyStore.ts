/**
 * Values that are fetched when somebody looks and let go when nobody has for a long time. What is no longer looked at is not
 * fetched any further: a view that moves on cancels what it left behind.
 */
import { createHeld } from './held.ts';

export interface LazyOptions<K, V> {
  readonly nameOf: (key: K) => string;
  readonly load: (key: K, signal: AbortSignal) => Promise<V>;
  readonly bytesOf: (value: V) => number;
  /** Bytes that are held. */
  readonly bytes: number;
  /** Fetched at the same time, at most. */
  readonly atOnce: number;
}

/** Somebody who looks. */
export interface Asker<K> {
  /** Looks at these, the most wanted first, and at nothing else any more. */
  readonly ask: (keys: readonly K[]) => void;
}

export interface LazyStore<K, V> {
  /** What is held; asks for nothing. */
  readonly peek: (key: K) => V | null;
  readonly asker: () => Asker<K>;
  /** Calls back when a value has come or has failed to. */
  readonly subscribe: (listener: () => void) => () => void;
  /** The first of what could not be fetched: a Fault of the engine, or a defect. */
  readonly error: () => Error | null;
  /** Asks for what failed once more. */
  readonly retry: () => void;
  /** Ends what is on its way; the store can be asked again. */
  readonly rest: () => void;
}

export function createLazyStore<K, V>(options: LazyOptions<K, V>): LazyStore<K, V> {
  const { nameOf, load, atOnce } = options;
  const held = createHeld(options);
  const failed = new Map<string, Error>();
  const running = new Map<string, AbortController>();
  const wanted = new Map<Asker<K>, readonly K[]>();
  const listeners = new Set<() => void>();
  const tell = () => listeners.forEach((listener) => listener());

  const start = async (name: string, key: K) => {
    const controller = new AbortController();
    running.set(name, controller);
    const isOurs = () => running.get(name) === controller;
    try {
      const value = await load(key, controller.signal);
      if (!isOurs()) return;
      held.put(name, value);
    } catch (error) {
      if (!isOurs()) return;
      failed.set(name, error instanceof Error ? error : new Error(String(error)));
    }
    running.delete(name);
    tell();
    pump();
  };
  const pump = () => {
    const names = new Map([...wanted.values()].flat().map((key) => [nameOf(key), key]));
    for (const [name, controller] of running) {
      if (names.has(name)) continue;
      running.delete(name);
      controller.abort();
    }
    for (const [name, key] of names) {
      if (running.size >= atOnce) return;
      if (held.get(name) === null && !running.has(name) && !failed.has(name)) void start(name, key);
    }
  };
  return {
    peek: (key) => held.get(nameOf(key)),
    asker: () => {
      const asker: Asker<K> = {
        ask: (keys) => {
          wanted.set(asker, keys);
          pump();
        },
      };
      return asker;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    error: () => failed.values().next().value ?? null,
    retry: () => {
      failed.clear();
      tell();
      pump();
    },
    rest: () => {
      wanted.clear();
      pump();
    },
  };
}

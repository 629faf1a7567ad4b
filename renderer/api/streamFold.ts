/**
 * A streaming call folded into one value, outside React: while a new request is on its way the value of the one before
 * stays, marked stale; a request that is replaced is cancelled. Listeners hear at most once a frame.
 */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { CallOptions, Client, EventOf, RequestOf, ResultOf, StreamName } from '../../engine/results/contract.ts';
import { isAbort } from '../../engine/results/errors.ts';
import type { Schedule } from './frame.ts';
import { oncePerFrame } from './frame.ts';
import { stream } from './stream.ts';

/** `loading`: asked, nothing came yet. `partial`: some events came. */
export type StreamStatus = 'idle' | 'loading' | 'partial' | 'done' | 'error' | 'cancelled';

export interface StreamView<T, R> {
  readonly status: StreamStatus;
  readonly value: T;
  /** The value belongs to the request before this one. */
  readonly stale: boolean;
  /** What the call returned, once it is done. */
  readonly result: R | null;
  readonly error: Error | null;
}

export interface StreamFold<C extends StreamName, T> {
  readonly store: StoreApi<StreamView<T, ResultOf<C>>>;
  /** Asks anew; null goes back to the initial value. */
  readonly ask: (request: RequestOf<C> | null) => void;
  /** Ends the call and keeps what came. */
  readonly cancel: () => void;
  /** Ends the call; the fold can be asked again afterwards. */
  readonly dispose: () => void;
}

/** The next value; must be a new object where something is to be drawn anew. */
export type Fold<C extends StreamName, T> = (value: T, event: EventOf<C>) => T;

export function createStreamFold<C extends StreamName, T>(
  client: Client,
  call: C,
  fold: Fold<C, T>,
  initial: T,
  schedule?: Schedule,
  priority: NonNullable<CallOptions['priority']> = 'interactive',
): StreamFold<C, T> {
  type View = StreamView<T, ResultOf<C>>;
  const idle: View = { status: 'idle', value: initial, stale: false, result: null, error: null };
  const store = createStore<View>(() => idle);
  let current = new AbortController();
  let folded = initial;
  const publish = oncePerFrame(() => store.setState({ value: folded, stale: false, status: 'partial' }), schedule);

  const begin = async (request: RequestOf<C>, controller: AbortController) => {
    const isCurrent = () => current === controller;
    const onEvent = (event: EventOf<C>) => {
      if (!isCurrent()) return;
      folded = fold(folded, event);
      publish.ask();
    };
    try {
      const result = await stream(client, call, request, { onEvent, signal: controller.signal, priority });
      if (isCurrent()) finish({ status: 'done', value: folded, stale: false, result });
    } catch (error) {
      if (isCurrent()) finish(isAbort(error) ? { status: 'cancelled' } : { status: 'error', error: asError(error) });
    }
  };
  const finish = (view: Partial<View>) => {
    publish.flush();
    store.setState(view);
  };
  const stop = () => {
    publish.cancel();
    const before = current;
    current = new AbortController();
    before.abort();
  };

  return {
    store,
    ask: (request) => {
      stop();
      folded = initial;
      if (request === null) store.setState(idle, true);
      else {
        store.setState(({ value }) => ({ status: 'loading', stale: value !== initial, result: null, error: null }));
        void begin(request, current);
      }
    },
    cancel: () => current.abort(),
    dispose: stop,
  };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

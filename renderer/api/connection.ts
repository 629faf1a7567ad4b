/**
 * One client for the life of the window, over ports that come and go. A call that is made while there is no port waits for
 * one; a call that a port breaks off fails, for only its caller knows whether to ask again.
 */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import { connect } from '../../engine/results/connect.ts';
import type { Answer, CallName, CallOptions, Client, RequestOf } from '../../engine/results/contract.ts';
import { contract } from '../../engine/results/contract.ts';
import { Cancelled } from '../../engine/results/errors.ts';
import type { ClientPort, Ending } from '../../engine/results/protocol.ts';
import { Fault } from '../../engine/terms/fault.ts';
import type { LinkState, Pauses } from './reconnect.ts';
import { pauseAfter, usualPauses, withEnd } from './reconnect.ts';

/** A port that is ready to be used; rejects where there is none to be had. */
export type OpenPort = () => Promise<ClientPort>;

const endings: Readonly<Record<Ending, string>> = {
  closed: 'the engine closed the connection',
  lost: 'the engine does not answer',
};

export interface Connection {
  readonly client: Client;
  readonly store: StoreApi<LinkState>;
  /** Tries at once instead of after the pause. */
  readonly retry: () => void;
  readonly close: () => void;
}

export function createConnection(openPort: OpenPort, pauses: Pauses = usualPauses): Connection {
  const store = createStore<LinkState>(() => ({ kind: 'connecting' }));
  const waiting = new Set<(client: Client) => void>();
  let live: { readonly client: Client; readonly port: ClientPort } | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let tries = 0;
  let closed = false;

  const lost = (reason: string) => {
    live = null;
    if (closed) return;
    tries += 1;
    store.setState({ kind: 'waiting', reason, tries }, true);
    timer = setTimeout(() => void open(), pauseAfter(tries, pauses));
  };
  const open = async () => {
    try {
      const port = await openPort();
      if (closed) return port.close();
      const client = connect(withEnd(port, (ending) => lost(endings[ending])));
      live = { client, port };
      tries = 0;
      store.setState({ kind: 'open' }, true);
      const callers = [...waiting];
      waiting.clear();
      for (const deliver of callers) deliver(client);
    } catch (error) {
      if (error instanceof Fault) return store.setState({ kind: 'refused', reason: error.message }, true);
      lost(error instanceof Error ? error.message : String(error));
    }
  };
  const ready = (signal: AbortSignal | undefined): Promise<Client> => {
    if (live !== null) return Promise.resolve(live.client);
    return new Promise((resolve, reject) => {
      const abort = () => {
        waiting.delete(deliver);
        reject(new Cancelled());
      };
      const deliver = (client: Client) => {
        signal?.removeEventListener('abort', abort);
        resolve(client);
      };
      waiting.add(deliver);
      signal?.addEventListener('abort', abort, { once: true });
    });
  };

  void open();
  return {
    client: clientOver(ready),
    store,
    retry: () => {
      if (live !== null || store.getState().kind === 'connecting') return;
      clearTimeout(timer);
      store.setState({ kind: 'connecting' }, true);
      void open();
    },
    close: () => {
      closed = true;
      clearTimeout(timer);
      live?.port.close();
      live = null;
    },
  };
}

type Ready = (signal: AbortSignal | undefined) => Promise<Client>;

function clientOver(ready: Ready): Client {
  const method = <C extends CallName>(call: C) => {
    return (request: RequestOf<C>, options?: CallOptions): Answer<C> => {
      const unary = async () => (await ready(options?.signal))[call](request, options);
      async function* events(): AsyncGenerator<unknown, unknown, void> {
        const client = await ready(options?.signal);
        return yield* client[call](request, options) as AsyncGenerator<unknown, unknown, void>;
      }
      // As in `connect`: `streams` decides between the two forms of Answer<C>.
      return (contract[call].streams ? events() : unary()) as Answer<C>;
    };
  };
  const entries = (Object.keys(contract) as CallName[]).map((call) => [call, method(call)] as const);
  return Object.fromEntries(entries) as Client;
}

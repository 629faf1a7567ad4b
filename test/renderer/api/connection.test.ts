import { describe, expect, it, vi } from 'vitest';
import { Defect, pair, serve } from '../../../engine/results/index.ts';
import type { ServerPort } from '../../../engine/results/protocol.ts';
import { Fault } from '../../../engine/terms/fault.ts';
import { createConnection } from '../../../renderer/api/connection.ts';
import { pauseAfter } from '../../../renderer/api/reconnect.ts';
import { createWatchStore } from '../../../renderer/api/watchStore.ts';
import { fakeService } from '../../results/fakeService.ts';
import { settle } from './fakeWorkbench.ts';

const quick = { first: 1, longest: 1 };
const soon = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('a connection', () => {
  it('lets calls wait for a port, and is tried again when there is none', async () => {
    let tries = 0;
    const { client, store } = createConnection(async () => {
      tries += 1;
      if (tries < 3) throw new Error('not yet');
      const { client: port, server } = pair();
      serve(fakeService({ tasks: async () => ({ tasks: [] }) }), server);
      return port;
    }, quick);
    const tasks = client.tasks({});
    await settle();
    await expect(tasks).resolves.toEqual({ tasks: [] });
    expect(tries).toBe(3);
    expect(store.getState().kind).toBe('open');
  });

  it('fails the calls that a lost port breaks off, and opens another for those after', async () => {
    const servers: ServerPort[] = [];
    const { client } = createConnection(async () => {
      const { client: port, server } = pair();
      servers.push(server);
      const isFirst = servers.length === 1;
      serve(
        fakeService({ tasks: () => (isFirst ? new Promise(() => undefined) : Promise.resolve({ tasks: [] })) }),
        server,
      );
      return port;
    }, quick);
    const broken = client.tasks({}).then(
      () => null,
      (error: unknown) => error,
    );
    await settle();
    servers[0]?.close();
    expect(await broken).toBeInstanceOf(Defect);
    await expect(client.tasks({})).resolves.toEqual({ tasks: [] });
  });

  it('is not tried again by itself where it was refused', async () => {
    let tries = 0;
    const { store, retry } = createConnection(() => {
      tries += 1;
      return Promise.reject(new Fault({ what: 'no token in the address' }));
    }, quick);
    await soon();
    expect(store.getState()).toEqual({ kind: 'refused', reason: 'no token in the address' });
    expect(tries).toBe(1);
    retry();
    await vi.waitFor(() => expect(tries).toBe(2));
  });

  it('ends a call that waits for a port when it is cancelled', async () => {
    const { client } = createConnection(() => new Promise(() => undefined), quick);
    const controller = new AbortController();
    const waiting = client.tasks({}, { signal: controller.signal });
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('waits longer each time, up to a limit', () => {
    expect([1, 2, 3, 9].map((tries) => pauseAfter(tries, { first: 100, longest: 500 }))).toEqual([100, 200, 400, 500]);
  });
});

describe('the watch', () => {
  it('is asked for again after a break, and begins with a snapshot', async () => {
    const servers: ServerPort[] = [];
    const { client } = createConnection(async () => {
      const { client: port, server } = pair();
      servers.push(server);
      const memory = servers.length;
      serve(
        fakeService({
          async *watch(_, { signal }) {
            yield { kind: 'snapshot', project: 'p', version: '1', resident: null, memory, jobs: [], notices: [] };
            await new Promise((resolve) => signal.addEventListener('abort', resolve));
            return {};
          },
        }),
        server,
      );
      return port;
    }, quick);
    const { store, dispose } = createWatchStore(client, 1);
    await vi.waitFor(() => expect(store.getState()).toMatchObject({ known: true, memory: 1 }));
    servers[0]?.close();
    await vi.waitFor(() => expect(store.getState().memory).toBe(2));
    dispose();
  });
});

/** Signs of life: what is answered, what is concluded from silence, and when not. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Service } from '../../engine/results/index.ts';
import { connect, Defect, pair, serve } from '../../engine/results/index.ts';
import { protocolVersion } from '../../engine/results/protocol.ts';

const heartbeat = { interval: 1000, limit: 3000 };
const never: Service['tasks'] = (_request, { signal }) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a heartbeat', () => {
  it('of the client fails its calls when the server is silent, and those after', async () => {
    const { client: port, server } = pair();
    const asked: unknown[] = [];
    server.listen(
      (message) => asked.push(message),
      () => undefined,
    );
    const client = connect(port, { heartbeat });
    const call = client.tasks({}).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await call).toEqual(new Defect('tasks: connection lost: the other side does not answer'));
    await expect(client.tasks({})).rejects.toThrow(Defect);
    expect(asked.slice(1)).toEqual([{ kind: 'ping' }, { kind: 'ping' }]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('of the server stops the calls of a client that is silent', async () => {
    const { client, server } = pair();
    client.listen(
      () => undefined,
      () => undefined,
    );
    const log: string[] = [];
    const tasks: Service['tasks'] = async (request, options) => {
      options.signal.addEventListener('abort', () => log.push('aborted'));
      return never(request, options);
    };
    serve({ tasks }, server, { heartbeat });
    client.send({ kind: 'call', id: 1, version: protocolVersion, call: 'tasks', request: {} });
    await vi.advanceTimersByTimeAsync(2500);
    expect(log).toEqual([]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(log).toEqual(['aborted']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('keeps an idle connection, whether the other side has one or only answers', async () => {
    for (const other of [{ heartbeat }, {}]) {
      const { client: port, server } = pair();
      const running = serve({ tasks: async () => ({ tasks: [] }) }, server, { heartbeat });
      const client = connect(port, other);
      await vi.advanceTimersByTimeAsync(100_000);
      expect(await client.tasks({})).toEqual({ tasks: [] });
      await running.close();
    }
    expect(vi.getTimerCount()).toBe(0);
  });

  it('concludes nothing from a pause in which it could not listen', async () => {
    const { client: port, server } = pair();
    serve({ tasks: async () => ({ tasks: [] }) }, server);
    const client = connect(port, { heartbeat });
    await vi.advanceTimersByTimeAsync(1500);
    vi.setSystemTime(Date.now() + 3_600_000);
    await vi.advanceTimersByTimeAsync(5000);
    expect(await client.tasks({})).toEqual({ tasks: [] });
  });

  it('is off between two ends in memory', async () => {
    const { client, server } = pair();
    serve({ tasks: async () => ({ tasks: [] }) }, server);
    connect(client);
    expect(vi.getTimerCount()).toBe(0);
  });
});

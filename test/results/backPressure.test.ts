/** A slow reader halts the stream it reads and nothing else. */
import { describe, expect, it } from 'vitest';
import type { Service } from '../../engine/results/index.ts';
import { Cancelled, connect, pair, serve } from '../../engine/results/index.ts';
import type { ServerPort } from '../../engine/results/protocol.ts';
import { eventWindow } from '../../engine/results/protocol.ts';

const request = { model: 'm', prompt: { ids: [1] }, max: 9, temperature: 0, seed: 0 };

/** Counts what it makes; `made` may be read at any time. */
function counter(total: number) {
  const log = { made: 0, ended: '' };
  const generate: Service['generate'] = async function* count(_request, { signal }) {
    try {
      while (log.made < total) yield { kind: 'token', id: log.made++, text: 'a', logProbability: -1 };
      return { promptTokens: 1, ids: [], text: null, stopped: 'length', seconds: 0 };
    } finally {
      log.ended = signal.aborted ? 'aborted' : 'returned';
    }
  };
  return { log, generate };
}

/** Lets everything happen that can. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 20));

function join(calls: Partial<Service>, congested?: () => boolean) {
  const { client, server } = pair();
  const port: ServerPort = {
    send: (message) => server.send(message),
    listen: (listener, ended) => server.listen(listener, ended),
    close: () => server.close(),
    ...(congested === undefined ? {} : { congested }),
  };
  const running = serve(calls, port);
  return { client: connect(client), running };
}

describe('back-pressure', () => {
  it('makes no more than a window of events for a reader that has stopped', async () => {
    const { log, generate } = counter(1000);
    const { client, running } = join({ generate });
    const events = client.generate(request);
    await events.next();
    await settle();
    expect(log.made).toBe(eventWindow);
    await running.close();
    expect(log.ended).toBe('aborted');
  });

  it('goes on as the reader does, and loses nothing', async () => {
    const { log, generate } = counter(1000);
    const { client } = join({ generate });
    const ids: number[] = [];
    let furthest = 0;
    for await (const { id } of client.generate(request)) {
      ids.push(id);
      if (id % 100 === 0) await settle();
      furthest = Math.max(furthest, log.made - id);
    }
    expect(ids).toEqual(Array.from({ length: 1000 }, (_, id) => id));
    expect(furthest).toBeLessThanOrEqual(eventWindow);
  });

  it('of one call leaves the others alone', async () => {
    const halted = counter(1000);
    const { client, running } = join({
      generate: halted.generate,
      tasks: async () => ({ tasks: [] }),
      async *verify() {
        for (let done = 0; done < 500; done++) yield { kind: 'progress', of: 'bytes', done, total: 500 };
        return { tensors: 0, problems: [] };
      },
    });
    await client.generate(request).next();
    await settle();
    let progress = 0;
    for await (const { done } of client.verify({ model: 'm' })) progress = done;
    expect([progress, await client.tasks({})]).toEqual([499, { tasks: [] }]);
    expect(halted.log.made).toBe(eventWindow);
    await running.close();
  });

  it('does not keep a halted stream from being cancelled, at once on the side of the service', async () => {
    const { log, generate } = counter(1000);
    const { client } = join({ generate });
    const controller = new AbortController();
    const events = client.generate(request, { signal: controller.signal });
    await events.next();
    await settle();
    controller.abort();
    await settle();
    expect(log).toEqual({ made: eventWindow, ended: 'aborted' });
    const read = async () => {
      for await (const { id } of events) expect(id).toBeLessThan(eventWindow);
    };
    await expect(read()).rejects.toThrow(Cancelled);
  });

  it('waits for a carrier that is full', async () => {
    const { log, generate } = counter(10);
    let full = true;
    const { client } = join({ generate }, () => full);
    const first = client.generate(request).next();
    await settle();
    expect(log.made).toBe(0);
    full = false;
    expect(await first).toMatchObject({ value: { id: 0 } });
  });
});

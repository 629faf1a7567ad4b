import { describe, expect, it } from 'vitest';
import type { Service } from '../../engine/results/index.ts';
import { Cancelled, connect, Defect, drain, pair, serve } from '../../engine/results/index.ts';
import type { ClientMessage } from '../../engine/results/protocol.ts';
import { protocolVersion } from '../../engine/results/protocol.ts';
import { Fault } from '../../engine/terms/fault.ts';
import { fakeService, streamOf } from './fakeService.ts';

function join(calls: Partial<Service>) {
  const { client, server } = pair();
  const sent: ClientMessage[] = [];
  const watched = {
    ...{ listen: client.listen.bind(client), close: client.close.bind(client) },
    send: (message: ClientMessage) => {
      sent.push(message);
      client.send(message);
    },
  };
  const running = serve(fakeService(calls), server);
  return { client: connect(watched), running, sent, kinds: () => sent.map(({ kind }) => kind) };
}

const noTasks: Service['tasks'] = async () => ({ tasks: [] });
const openRequest = { model: 'm' };
const generateRequest = { model: 'm', prompt: { ids: [1] }, max: 9, temperature: 0, seed: 0 };
const token = (id: number) => ({ kind: 'token', id, text: 'a', logProbability: -1 }) as const;

/** Tokens without end; ends when its signal aborts, and says that it did. */
function endlessTokens(log: string[]): Service['generate'] {
  return async function* endless(_request, { signal }) {
    try {
      for (let id = 0; ; id++) {
        signal.throwIfAborted();
        yield token(id);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    } finally {
      log.push(signal.aborted ? 'aborted' : 'returned');
    }
  };
}

describe('a unary call', () => {
  it('gives what the service gives', async () => {
    const { client } = join({ tasks: noTasks });
    expect(await client.tasks({})).toEqual({ tasks: [] });
  });

  it('runs beside others, each answered by its own id', async () => {
    const info: Service['families'] = async () => ({ families: [] });
    const { client } = join({ tasks: noTasks, families: info });
    expect(await Promise.all([client.tasks({}), client.families({}), client.tasks({})])).toEqual([
      { tasks: [] },
      { families: [] },
      { tasks: [] },
    ]);
  });
});

describe('a streaming call', () => {
  it('gives its events in order, then its result', async () => {
    const { client } = join({
      async *verify() {
        yield { kind: 'progress', of: 'bytes', done: 1, total: 2 };
        yield { kind: 'progress', of: 'bytes', done: 2, total: 2 };
        return { tensors: 2, problems: [] };
      },
    });
    const done: number[] = [];
    const result = await drain(client.verify({ model: 'm' }), (event) => void done.push(event.done));
    expect([done, result]).toEqual([[1, 2], { tensors: 2, problems: [] }]);
  });

  it('hands over typed arrays as they are in memory', async () => {
    const data = Float32Array.of(1, 2, 3);
    const { client } = join({
      async *capture() {
        yield { kind: 'rows', from: 0, name: 'z.0', axes: 'D', shape: [3], data };
        return { rows: 1 };
      },
    });
    const seen: unknown[] = [];
    await drain(client.capture({ model: 'm', prompts: [{ ids: [1] }], sites: ['z'] }), (event) => {
      if (event.kind === 'rows') seen.push(event.data);
    });
    expect(seen[0]).toBe(data);
  });

  it('is cancelled when its reader leaves the loop', async () => {
    const log: string[] = [];
    const { client, running, kinds } = join({ generate: endlessTokens(log) });
    for await (const { id } of client.generate(generateRequest)) if (id === 2) break;
    await running.close();
    expect([log, kinds()]).toEqual([['aborted'], ['call', 'cancel']]);
  });
});

describe('cancelling', () => {
  it('before the call sends nothing', async () => {
    const { client, sent } = join({ tasks: noTasks });
    const signal = AbortSignal.abort();
    await expect(client.tasks({}, { signal })).rejects.toThrow(Cancelled);
    await expect(client.generate(generateRequest, { signal }).next()).rejects.toThrow(Cancelled);
    expect(sent).toEqual([]);
  });

  it('before the first event ends the call on both sides', async () => {
    const controller = new AbortController();
    const log: string[] = [];
    const { client, running } = join({
      open: (_request, { signal }) =>
        streamOf(async () => {
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          log.push('aborted');
          throw signal.reason;
        }),
    });
    const first = client.open(openRequest, { signal: controller.signal }).next();
    setTimeout(() => controller.abort(), 5);
    await expect(first).rejects.toThrow(Cancelled);
    await running.close();
    expect(log).toEqual(['aborted']);
  });

  it('midway keeps the events that came, and stops the service', async () => {
    const controller = new AbortController();
    const log: string[] = [];
    const { client, running } = join({ generate: endlessTokens(log) });
    const ids: number[] = [];
    const reading = drain(client.generate(generateRequest, { signal: controller.signal }), ({ id }) => {
      ids.push(id);
      if (id === 3) controller.abort();
    });
    await expect(reading).rejects.toThrow(Cancelled);
    await running.close();
    expect([ids.slice(0, 4), log]).toEqual([[0, 1, 2, 3], ['aborted']]);
  });

  it('works for a unary call too', async () => {
    const controller = new AbortController();
    const { client } = join({
      tasks: (_request, { signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    });
    const call = client.tasks({}, { signal: controller.signal });
    controller.abort();
    await expect(call).rejects.toThrow(Cancelled);
  });

  it('by closing the server ends every call and its connection', async () => {
    const log: string[] = [];
    const { client, running } = join({ generate: endlessTokens(log) });
    const events = client.generate(generateRequest);
    await events.next();
    await running.close();
    const rest = drain(events, () => undefined);
    await expect(rest).rejects.toThrow(/cancelled|closed/);
    expect(log).toEqual(['aborted']);
    await expect(client.tasks({})).rejects.toThrow('tasks: the connection is closed');
  });
});

describe('errors', () => {
  it('cross as a Fault with its parts', async () => {
    const parts = { what: 'not a model', where: 'a.gguf', expected: 'GGUF', got: 'PNG' };
    const { client } = join({
      info: async () => {
        throw new Fault(parts);
      },
    });
    const error = await client.info({ model: 'a.gguf' }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Fault);
    expect((error as Fault).parts).toEqual(parts);
    expect((error as Fault).message).toBe('a.gguf: not a model: expected GGUF, got PNG');
  });

  it('of ours cross as a defect with the stack of the other side', async () => {
    const { client } = join({});
    const error = await client.tasks({}).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Defect);
    expect((error as Defect).message).toBe('RangeError: the test gives no tasks');
    expect((error as Defect).remoteStack).toContain('fakeService');
  });

  it('that look like an abort are a defect while nobody has cancelled', async () => {
    const { client } = join({
      tasks: async () => {
        throw new Cancelled();
      },
    });
    await expect(client.tasks({})).rejects.toThrow(Defect);
  });

  it('name the field of a bad request, what was expected and what came', async () => {
    const { client } = join({});
    await expect(client.run({ model: 'm', prompt: { ids: [1] }, top: 0 })).rejects.toThrow(
      'run.top: wrong value: expected number of at least 1, got 0',
    );
    const stranger = { model: 'm', prompt: { ids: [1] }, top: 1, colour: 'red' };
    await expect(client.run(stranger)).rejects.toThrow('run: unknown field: expected no field colour');
    const edits = [{ site: 'z', operation: { kind: 'scale', by: 'half' } }] as never;
    await expect(client.run({ model: 'm', prompt: { ids: [1] }, top: 1, edits })).rejects.toThrow(
      'run.edits.0.operation.by: wrong value: expected number, got "half"',
    );
  });

  it('of a service that answers with something else are a defect', async () => {
    const { client } = join({ tasks: (async () => ({ chores: [] })) as never });
    await expect(client.tasks({})).rejects.toThrow(/tasks: result is not as declared/);
  });

  it('tell a client of another protocol version so', async () => {
    const { client, server } = pair();
    serve(fakeService({}), server);
    const answer = new Promise((resolve) => client.listen(resolve, () => undefined));
    client.send({ kind: 'call', id: 1, version: protocolVersion + 1, call: 'tasks', request: {} });
    expect(await answer).toMatchObject({
      kind: 'error',
      id: 1,
      error: { kind: 'fault', parts: { what: 'protocol version' } },
    });
  });

  it('tell a client that there is no such call', async () => {
    const { client, server } = pair();
    serve(fakeService({}), server);
    const answer = new Promise((resolve) => client.listen(resolve, () => undefined));
    client.send({ kind: 'call', id: 7, version: protocolVersion, call: 'constructor', request: {} });
    expect(await answer).toMatchObject({
      kind: 'error',
      id: 7,
      error: { parts: { what: 'unknown call', got: 'constructor' } },
    });
  });

  it('tell a client of a later version so, whatever else its call says', async () => {
    const answers = await answersTo({ kind: 'call', id: 3, version: 99, name: 'tasks', urgency: 'high' });
    expect(answers).toMatchObject([
      { kind: 'error', id: 3, error: { parts: { what: 'protocol version', got: '99' } } },
    ]);
  });

  it('tell what is wrong with a call of this version', async () => {
    const call = { kind: 'call', id: 3, version: protocolVersion, call: 'tasks', request: {}, priority: 'high' };
    expect(await answersTo(call)).toMatchObject([{ id: 3, error: { parts: { where: 'message.priority' } } }]);
  });

  it('name a call that this process does not answer', async () => {
    const { client, server } = pair();
    serve({ tasks: noTasks }, server);
    await expect(connect(client).families({})).rejects.toThrow(
      new Fault({ what: 'this process does not answer families' }),
    );
  });

  it('are not answered at all to what is no message, nor to an id in use', async () => {
    const strangers = [null, 'call', 7, [], {}, { kind: 'cancel', id: 5 }, { kind: 'ack', id: 5, count: 1 }];
    for (const stranger of strangers) expect(await answersTo(stranger)).toEqual([]);
    const call = { kind: 'call', id: 1, version: protocolVersion, call: 'tasks', request: {} };
    expect(await answersTo(call, call)).toMatchObject([{ kind: 'end', id: 1 }]);
  });
});

describe('priority', () => {
  it('is what the caller says, and interactive where it says nothing', async () => {
    const seen: string[] = [];
    const { client } = join({
      tasks: async (_request, { priority }) => {
        seen.push(priority);
        return { tasks: [] };
      },
    });
    await client.tasks({});
    await client.tasks({}, { priority: 'job' });
    expect(seen).toEqual(['interactive', 'job']);
  });
});

describe('a cancelled call', () => {
  it('is confirmed by the server with an error that says so', async () => {
    const { client, server } = pair();
    const log: string[] = [];
    serve({ generate: endlessTokens(log) }, server);
    const seen: unknown[] = [];
    client.listen(
      (message) => seen.push(message),
      () => undefined,
    );
    client.send({ kind: 'call', id: 1, version: protocolVersion, call: 'generate', request: generateRequest });
    await new Promise((resolve) => setTimeout(resolve, 5));
    client.send({ kind: 'cancel', id: 1 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([seen.at(-1), log]).toEqual([
      { kind: 'error', id: 1, error: { kind: 'cancelled', message: 'cancelled' } },
      ['aborted'],
    ]);
  });
});

/** What a server says to messages as they are. */
async function answersTo(...messages: readonly unknown[]): Promise<unknown[]> {
  const { client, server } = pair();
  serve({ tasks: noTasks }, server);
  const answers: unknown[] = [];
  client.listen(
    (message) => answers.push(message),
    () => undefined,
  );
  for (const message of messages) client.send(message as ClientMessage);
  await new Promise((resolve) => setTimeout(resolve, 5));
  return answers;
}

/** What the attention place asks the engine for, and what it stops asking for. */
import { describe, expect, it } from 'vitest';
import type { RequestOf } from '../../../engine/results/index.ts';
import { Fault } from '../../../engine/terms/fault.ts';
import { createDifferenceMap } from '../../../renderer/views/attention/differenceMap.ts';
import { createHeadMap } from '../../../renderer/views/attention/headMap.ts';
import { createLazyStore } from '../../../renderer/views/attention/lazyStore.ts';
import { createReader } from '../../../renderer/views/attention/reader.ts';
import { connectTo, settle } from '../api/fakeWorkbench.ts';

interface Fetch {
  readonly key: string;
  readonly signal: AbortSignal;
  readonly give: (value: string) => void;
  readonly fail: (error: Error) => void;
}

function lazy({ atOnce = 2, bytes = 100 } = {}) {
  const fetches: Fetch[] = [];
  const store = createLazyStore<string, string>({
    nameOf: (key) => key,
    load: (key, signal) => new Promise((resolve, reject) => fetches.push({ key, signal, give: resolve, fail: reject })),
    bytesOf: ({ length }) => length,
    bytes,
    atOnce,
  });
  const asked = () => fetches.map(({ key }) => key);
  return { store, fetches, asked };
}

describe('values fetched as they are looked at', () => {
  it('fetches a few at a time, the most wanted first', async () => {
    const { store, fetches, asked } = lazy();
    store.asker().ask(['a', 'b', 'c']);
    expect(asked()).toEqual(['a', 'b']);
    fetches[0]?.give('A');
    await settle();
    expect(asked()).toEqual(['a', 'b', 'c']);
    expect([store.peek('a'), store.peek('b')]).toEqual(['A', null]);
  });

  it('cancels what nobody looks at any more and keeps what another still wants', () => {
    const { store, fetches } = lazy();
    const [one, other] = [store.asker(), store.asker()];
    one.ask(['a', 'b']);
    other.ask(['b']);
    one.ask([]);
    expect(fetches.map(({ key, signal }) => [key, signal.aborted])).toEqual([
      ['a', true],
      ['b', false],
    ]);
  });

  it('drops what was used least recently and fetches it again', async () => {
    const { store, fetches, asked } = lazy({ bytes: 4 });
    const asker = store.asker();
    for (const key of ['aa', 'bb']) {
      asker.ask([key]);
      fetches.at(-1)?.give(key);
      await settle();
    }
    expect(store.peek('aa')).toBe('aa');
    asker.ask(['cc']);
    fetches.at(-1)?.give('cc');
    await settle();
    expect(['aa', 'bb', 'cc'].map(store.peek)).toEqual(['aa', null, 'cc']);
    asker.ask(['bb']);
    expect(asked()).toEqual(['aa', 'bb', 'cc', 'bb']);
  });

  it('does not ask for what failed until it is told to', async () => {
    const { store, fetches, asked } = lazy();
    const asker = store.asker();
    asker.ask(['a']);
    fetches[0]?.fail(new Fault({ what: 'too long' }));
    await settle();
    asker.ask(['a']);
    expect(store.error()).toBeInstanceOf(Fault);
    expect(asked()).toEqual(['a']);
    store.retry();
    expect(store.error()).toBeNull();
    expect(asked()).toEqual(['a', 'a']);
  });
});

/** A model of 1,024 tokens whose weight is head + query / 10,000 on the first key, and 0 elsewhere. */
function engine({ tokens = 1024 } = {}) {
  const maps: RequestOf<'attentionMap'>[] = [];
  const tiles: RequestOf<'attentionTile'>[] = [];
  const aborted: boolean[] = [];
  const weight = (head: number, query: number) => head + query / 10_000;
  const { client } = connectTo({
    attentionMap: async function* (request, { signal }) {
      maps.push(request);
      const step = Math.ceil(tokens / request.size);
      const cells = Math.ceil(tokens / step);
      const total = 2;
      for (const part of [0, 1]) {
        yield { kind: 'progress', of: 'blocks', done: part, total } as const;
        const rows = cells / 2;
        const data = new Float32Array(rows * cells);
        for (let row = 0; row < rows; row++)
          data[row * cells] =
            weight(request.head, (part * rows + row + 1) * step - 1) / (request.pool === 'max' ? 1 : step);
        yield { kind: 'band', row: part * rows, rows, cells, step, data } as const;
        await settle();
        if (signal.aborted) aborted.push(true);
        signal.throwIfAborted();
      }
      return { tokens, seconds: 1 };
    },
    attentionTile: async (request) => {
      tiles.push(request);
      const [rows, columns] = [request.queries, request.keys].map(([from, to]) =>
        Math.ceil((to - from) / request.step),
      );
      const data = new Float32Array((rows ?? 0) * (columns ?? 0));
      if (request.keys[0] === 0)
        for (let row = 0; row < (rows ?? 0); row++)
          data[row * (columns ?? 0)] = weight(request.head, request.queries[0] + row);
      return { rows: rows ?? 0, columns: columns ?? 0, data };
    },
  });
  const subject = {
    model: '/m',
    prompt: { ids: Array.from({ length: tokens }, () => 1) },
    measure: 'pattern',
  } as const;
  const reader = createReader(client, subject, tokens);
  return { reader, maps, tiles, aborted };
}

const whole = { level: 2, queries: [0, 1024], keys: [0, 1024] } as const;
const corner = { level: 0, queries: [768, 1024], keys: [0, 256] } as const;

describe('the map of a head', () => {
  it('shows the overview as its queries come, and says how far it is', async () => {
    const { reader, maps } = engine();
    const map = createHeadMap(reader, { layer: 1, head: 2 }, 'max');
    expect(map.read(whole)).toBeNull();
    const states: unknown[] = [];
    const wholes: boolean[] = [];
    map.store.subscribe(({ progress }) => progress !== null && states.push(progress.done));
    map.subscribe(() => wholes.push(map.isWhole?.(whole) ?? true));
    map.start();
    await settle();
    await settle();
    await settle();
    expect(maps).toMatchObject([{ layer: 1, head: 2, size: 512, pool: 'max' }]);
    expect(new Set(states)).toEqual(new Set([0, 1]));
    expect([wholes[0], wholes.at(-1)]).toEqual([false, true]);
    expect(map.store.getState()).toMatchObject({ status: 'done', error: null });
    expect(map.read(whole)?.[255 * 256]).toBeCloseTo(2 + 1023 / 10_000);
    expect(map.store.getState().largest).toBeCloseTo(2.1023);
  });

  it('fetches exact tiles where one zooms, once, and reads single cells from what is held', async () => {
    const { reader, tiles } = engine();
    const map = createHeadMap(reader, { layer: 0, head: 3 }, 'max');
    map.start();
    expect(map.read(corner, false)).toBeNull();
    expect(map.read(corner)).toBeNull();
    expect(map.read(corner)).toBeNull();
    await settle();
    expect(tiles).toMatchObject([{ head: 3, queries: [768, 1024], keys: [0, 256], step: 1, pool: 'max' }]);
    expect(map.valueAt(1000, 0)).toEqual({ value: expect.closeTo(3.1), step: 1 });
    const cell = { level: 0, queries: [1000, 1001], keys: [0, 1] } as const;
    expect(map.read(cell)?.[0]).toBeCloseTo(3.1);
    expect(map.read({ ...cell, queries: [10, 11] })).toBeNull();
    expect(tiles).toHaveLength(1);
  });

  it('asks for nothing where the head was looked at before', async () => {
    const { reader, maps } = engine();
    for (const head of [1, 2, 1]) {
      const stop = createHeadMap(reader, { layer: 0, head }, 'max').start();
      for (let i = 0; i < 4; i++) await settle();
      stop();
    }
    expect(maps.map(({ head }) => head)).toEqual([1, 2]);
  });

  it('keeps what came when it is cancelled, and can go on', async () => {
    const { reader } = engine();
    const map = createHeadMap(reader, { layer: 0, head: 1 }, 'max');
    map.subscribe(map.cancel);
    const stop = map.start();
    for (let i = 0; i < 4; i++) await settle();
    expect(map.store.getState().status).toBe('cancelled');
    expect(map.valueAt(100, 0)?.step).toBe(2);
    expect(map.valueAt(1000, 0)).toBeNull();
    stop();
  });
});

describe('the difference of two maps', () => {
  it('is a - b cell by cell, exact where both are', async () => {
    const { reader } = engine();
    const [a, b] = [5, 2].map((head) => createHeadMap(reader, { layer: 0, head }, 'mean'));
    if (a === undefined || b === undefined) throw new Error('two maps');
    const map = createDifferenceMap(a, b);
    map.start();
    expect(map.read(corner)).toBeNull();
    for (let i = 0; i < 4; i++) await settle();
    expect(map.read(corner)?.[0]).toBeCloseTo(3);
    expect(map.valueAt(800, 0)).toEqual({ value: expect.closeTo(3), step: 1 });
    expect(map.store.getState()).toMatchObject({ status: 'done' });
    expect(map.store.getState().largest).toBeCloseTo(3);
  });
});

import { describe, expect, it } from 'vitest';
import type { EventOf, ResultOf } from '../../../engine/results/index.ts';
import type { RunRow } from '../../../engine/results/runs.ts';
import { createHeadMeasures } from '../../../renderer/api/headMeasures.ts';
import { createRunStore } from '../../../renderer/api/runStore.ts';
import { connectTo, createFrames, settle } from './fakeWorkbench.ts';
import { Feed } from './feed.ts';
import { headRow, model, runSummary, scoreRows, startRow } from './sampleRows.ts';

type Follow = Feed<EventOf<'follow'>, ResultOf<'follow'>>;

function build(kept = 2) {
  const feeds = new Map<string, Follow>();
  const asked: { readonly run: string; readonly from: number }[] = [];
  const signals = new Map<string, AbortSignal>();
  const frames = createFrames();
  const { client } = connectTo({
    follow: ({ run, from = 0 }, { signal }) => {
      const feed: Follow = new Feed();
      feeds.set(run, feed);
      signals.set(run, signal);
      asked.push({ run, from });
      return feed.stream(signal);
    },
  });
  const runs = createRunStore(client, kept, frames.schedule);
  const send = (run: string, from: number, ...rows: readonly RunRow[]) =>
    feeds.get(run)?.send({ kind: 'rows', from, rows });
  return { runs, frames, feeds, asked, signals, send };
}

describe('runs that are followed', () => {
  it('are asked for once however many look, and tell them once a frame', async () => {
    const { runs, frames, asked, send } = build();
    const heard: number[] = [];
    runs.subscribe('a', () => heard.push(1));
    runs.subscribe('a', () => heard.push(2));
    await settle();
    send('a', 0, startRow(), headRow(0, 0, 1));
    send('a', 2, headRow(0, 1, 2));
    await settle();
    expect(heard).toEqual([]);
    frames.draw();
    expect(heard).toEqual([1, 2]);
    expect(asked).toHaveLength(1);
    const { table, version } = runs.get('a');
    expect(table?.kind === 'ablate' && table.units.known).toBe(2);
    expect(version).toBeGreaterThan(0);
  });

  it('go on from the rows they have when refreshed, and take no row twice', async () => {
    const { runs, asked, send } = build();
    runs.subscribe('a', () => undefined);
    await settle();
    send('a', 0, startRow(), headRow(0, 0, 1));
    await settle();
    runs.refresh('a');
    await settle();
    expect(asked.at(-1)).toEqual({ run: 'a', from: 2 });
    send('a', 1, headRow(0, 0, 99), headRow(0, 1, 2));
    await settle();
    const { table } = runs.get('a');
    expect(table?.kind === 'ablate' && Array.from(table.units.effect.mean.subarray(0, 2))).toEqual([1, 2]);
  });

  it('are forgotten, the least recently used first, when nobody looks and others are looked at', async () => {
    const { runs, signals } = build(1);
    const leave = ['a', 'b', 'c'].map((id) => runs.subscribe(id, () => undefined));
    await settle();
    for (const stop of leave) stop();
    await settle();
    expect(['a', 'b', 'c'].map((id) => signals.get(id)?.aborted)).toEqual([true, true, false]);
  });
});

describe('measures of heads', () => {
  it('come from the runs on the open model, and only on it', async () => {
    const { runs, frames, send } = build();
    const measures = createHeadMeasures(runs, frames.schedule);
    let lists = 0;
    measures.subscribe(() => (lists += 1));
    measures.setModel({ path: '/m', ...model });
    measures.setRuns([
      runSummary('a'),
      runSummary('s', { call: 'scores' }),
      runSummary('other', { model: { path: '/x', name: 'x' } }),
      runSummary('same name'),
    ]);
    await settle();
    send('a', 0, startRow());
    send('s', 0, ...scoreRows());
    send('same name', 0, startRow({ model: { ...model, fingerprint: 'f2' } }));
    await settle();
    frames.draw();
    frames.draw();
    expect(measures.list().map(({ id }) => id)).toEqual(['a/effect', 'a/kl', 's/induction']);
    expect(lists).toBe(1);
    const before = measures.version('a/effect');
    send('a', 1, headRow(0, 3, -1));
    await settle();
    frames.draw();
    frames.draw();
    expect(measures.version('a/effect')).toBeGreaterThan(before);
    expect(measures.find('a/effect')?.values[3]).toBe(-1);
    expect(lists).toBe(1);
    measures.setModel(null);
    expect(measures.list()).toEqual([]);
  });
});

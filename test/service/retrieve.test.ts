import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client, EventOf, RequestOf, ResultOf } from '../../engine/results/index.ts';
import type { RetrievedRun } from '../../engine/results/retrieve.ts';
import type { Model } from '../../engine/run/index.ts';
import { openModel } from '../../engine/run/index.ts';
import { needlePreviewCall } from '../../engine/service/calls/needlePreview.ts';
import { retrieveCall } from '../../engine/service/calls/retrieve.ts';
import { sourceOf } from '../../engine/service/openModels.ts';
import { realModelPath } from '../run/models.ts';
import { plantedNeedle, plantedRun } from '../scores/retrieval/plantedRuns.ts';
import { FakeHost, Gate } from './fakeHost.ts';
import { project } from './project.ts';

let model: Model;
beforeAll(async () => {
  model = await openModel(plantedNeedle);
});
afterAll(() => model.dispose());

const marked = ['ocean', 'mirror', 'bridge', 'paper'];

/** Runs of four needles, each at some places. */
function rows(places: readonly number[], more: Readonly<Record<string, unknown>> = {}): string {
  const runs = marked.flatMap((word) => places.map((at) => ({ ...plantedRun(model, at, word), id: `${word}-${at}` })));
  return runs
    .map(({ ids, span, id, needle, answer }) => JSON.stringify({ ids, span, id, needle, answer, maxNew: 1, ...more }))
    .join('\n');
}

function request(text: string, more: Partial<RequestOf<'retrieve'>> = {}): RequestOf<'retrieve'> {
  const runs = { kind: 'file', file: { name: 'runs.jsonl', text } } as const;
  return { model: plantedNeedle, runs, mode: 'generate', seed: 0, ...more };
}

interface Collected {
  readonly events: readonly EventOf<'retrieve'>[];
  readonly result: ResultOf<'retrieve'>;
}

async function collect(asked: RequestOf<'retrieve'>, on: Model = model): Promise<Collected> {
  const options = { signal: new AbortController().signal, priority: 'job' } as const;
  const stream = retrieveCall(sourceOf(on))(asked, options);
  const events: EventOf<'retrieve'>[] = [];
  for (;;) {
    const step = await stream.next();
    if (step.done === true) return { events, result: step.value };
    events.push(step.value);
  }
}

/** The one run of a file on `tiny-heads` as a folder of weights and configs alone. */
async function withoutTokenizer(text: string, generation: Readonly<Record<string, unknown>>): Promise<RetrievedRun> {
  const folder = mkdtempSync(join(tmpdir(), 'headscope-bare-'));
  const names = ['config.json', 'model.safetensors'];
  for (const name of names) copyFileSync(join('fixtures/models/tiny-heads', name), join(folder, name));
  writeFileSync(join(folder, 'generation_config.json'), JSON.stringify(generation));
  const bare = await openModel(folder);
  try {
    const [only] = runsIn((await collect(request(text), bare)).events);
    if (only === undefined) throw new Error('no run');
    return only;
  } finally {
    await bare.dispose();
    rmSync(folder, { recursive: true });
  }
}

const runsIn = (events: readonly EventOf<'retrieve'>[]) =>
  events.filter((event): event is RetrievedRun => event.kind === 'run');
/** Without what differs from one time to the next. */
const timeless = (events: readonly RetrievedRun[]) => events.map((row) => ({ ...row, seconds: 0 }));

describe('retrieve', () => {
  it('says what it is, gives one row a run, and what they come to', async () => {
    const { events, result } = await collect(request(rows([1, 9]), { scores: ['locos', 'questionFocus'] }));
    const [start] = events;
    expect(start).toMatchObject({ kind: 'start', header: { units: 8, passMark: 0.5, mode: 'generate', endIds: [] } });
    expect(start?.kind === 'start' ? start.header.runs[0] : null).toMatchObject({
      id: 'ocean-1',
      span: [3, 4],
      maxNew: 1,
    });
    expect(runsIn(events)).toHaveLength(8);
    expect(events.filter(({ kind }) => kind === 'stability').at(-1)).toEqual({
      ...{ kind: 'stability', runs: 8, top: 1, overlap: 1 },
    });
    expect(result).toMatchObject({
      mode: 'generate',
      runs: 8,
      passed: 8,
      total: 8,
      needles: 4,
      zero: 7 / 8,
      atLeastTenth: 1 / 8,
    });
    const [copy] = result.heads.filter(({ layer, head }) => layer === 1 && head === 1);
    expect(copy?.legacy).toEqual({ mean: 1, standardError: 0, interval: [1, 1], n: 8, active: 1 });
    expect(copy?.scores['locos']?.mean).toBeCloseTo(12, 2);
    // Prepared runs don't know which tokens ask.
    expect(copy?.scores['questionFocus']).toBeUndefined();
  });

  it('goes on from rows that are known to the same end', async () => {
    const asked = request(rows([1, 9]), { scores: ['locos'] });
    const whole = await collect(asked);
    const known = runsIn(whole.events).slice(0, 3);
    const rest = await collect({ ...asked, known });
    expect(timeless(runsIn(rest.events))).toEqual(timeless(runsIn(whole.events).slice(3)));
    expect({ ...rest.result, seconds: 0 }).toEqual({ ...whole.result, seconds: 0 });
  });

  it('gives what heads do with the answer given where no run passes', async () => {
    const asked = request(rows([2], { answer: 'bridge stone' }));
    const { events, result } = await collect(asked);
    expect(runsIn(events).map(({ mode, counts }) => [mode, counts])).toEqual([
      ...marked.map(() => ['generate', false]),
      ...marked.map(() => ['forced', true]),
    ]);
    expect(result).toMatchObject({ mode: 'forced', runs: 4, passed: 0, total: 4 });
    expect(result.heads).toHaveLength(8);
    expect(result.warnings[0]).toMatch(/none of 4 runs passed the gate/);
    const half = await collect({ ...asked, known: runsIn(events).slice(0, 6) });
    expect({ ...half.result, seconds: 0 }).toEqual({ ...result, seconds: 0 });
  });

  it('says so where no run passes and none has room for its answer', async () => {
    const ids = [...Array.from({ length: 255 }, () => 4), 2];
    const text = JSON.stringify({ ids, span: [1, 2], maxNew: 1, answer: 'bridge' });
    const { result } = await collect(request(text));
    expect(result).toMatchObject({ runs: 0, passed: 0, total: 1, heads: [] });
    expect(result.warnings).toEqual(['none of 1 runs passed the gate: none has room for its answer to be given']);
  });

  it('ends when the best heads have settled, where that is asked for', async () => {
    const { events, result } = await collect(request(rows([1, 4, 7, 10, 13, 16]), { settle: true }));
    expect(result.settled).toBe(true);
    expect(runsIn(events)).toHaveLength(10);
    expect(result.runs).toBe(10);
  });

  it('ends at the tokens that the configs name where there is no tokenizer, and that step counts', async () => {
    const ids = Array.from({ length: 40 }, (_, i) => 400 + ((i * 37) % 1000));
    const text = JSON.stringify({ ids: [...ids, ...ids.slice(0, 9)], span: [9, 14], maxNew: 5 });
    const whole = await withoutTokenizer(text, {});
    expect(whole.generated).toEqual(ids.slice(9, 14));
    const ended = await withoutTokenizer(text, { eos_token_id: [7, ids[11]] });
    expect(ended.generated).toEqual(ids.slice(9, 12));
    expect(Math.max(...ended.legacy)).toBeCloseTo(3 / 5, 6);
  });

  it('refuses what it can not read', async () => {
    await expect(collect(request(rows([1]), { scores: ['best'] }))).rejects.toThrow(/unknown retrieval score/);
    await expect(collect(request('{"ids": [0]}'))).rejects.toThrow(/runs.jsonl, line 1: no span/);
  });
});

describe('as a job', () => {
  it('is given the rows of its first life, and ends with all', async () => {
    const gate = new Gate();
    const seen: RequestOf<'retrieve'>[] = [];
    const retrieve: Client['retrieve'] = async function* retrieve(
      asked,
      { signal = new AbortController().signal } = {},
    ) {
      seen.push(asked);
      const stream = retrieveCall(sourceOf(model))(asked, { signal, priority: 'job' });
      for (;;) {
        const step = await stream.next();
        if (step.done === true) return step.value;
        if (step.value.kind === 'run') await gate.pass(signal);
        yield step.value;
      }
    };
    const { queue, reaches, rows: logged } = await project(new FakeHost({ retrieve }));
    const run = await queue.start({ job: { call: 'retrieve', request: request(rows([1, 9])) } });
    gate.let(3);
    while ((await reaches(run, 'running')).rows < 6) await new Promise((resolve) => setTimeout(resolve, 5));
    await queue.steer({ run, action: 'cancel' });
    await reaches(run, 'cancelled');
    gate.let(100);
    await queue.steer({ run, action: 'resume' });
    const summary = await reaches(run, 'done');
    expect(summary.title).toBe('Retrieval heads (generate), runs.jsonl');
    expect(seen.map(({ known }) => known?.length ?? 0)).toEqual([0, 3]);
    const kinds = (await logged(run)).map(({ event }) => event.kind);
    expect(kinds.filter((kind) => kind === 'run')).toHaveLength(8);
    expect(kinds.filter((kind) => kind === 'start')).toHaveLength(1);
  });
});

describe('a preview', () => {
  it('lists the runs with the needle marked and an estimate', async () => {
    const { model: path, runs, mode, seed } = request(rows([1]));
    const options = { signal: new AbortController().signal, priority: 'interactive' } as const;
    const preview = await needlePreviewCall(sourceOf(model))(
      { model: path, runs, mode, seed, shown: 2, estimate: true },
      options,
    );
    expect(preview.runs).toHaveLength(4);
    expect(preview.ids).toEqual(plantedRun(model, 1, 'bridge').ids);
    expect(preview.shown?.find(({ part }) => part === 'answer')?.text).toMatch(/bridge/);
    expect(preview.seconds).toBeGreaterThan(0);
  });
});

const path = realModelPath();
describe.skipIf(path === null)(`SmolLM2-135M${path === null ? ' (absent)' : ''}`, () => {
  it('reads a needle with the answer given', async () => {
    const smol = await openModel(path ?? '');
    try {
      const grid = {
        kind: 'grid',
        grids: [{ lengths: [120], depths: [50] }],
        needles: ['lighthouse'],
      } as const;
      const runs = { ...grid, haystack: { kind: 'stories' }, template: 'plain', prompt: 'answer' } as const;
      const scores = ['locos'];
      const { events, result } = await collect({ model: path ?? '', runs, mode: 'forced', seed: 0, scores }, smol);
      expect(runsIn(events)).toHaveLength(1);
      expect(result.heads).toHaveLength(270);
      const best = Math.max(...result.heads.map(({ capped }) => capped.mean));
      expect(best).toBeGreaterThan(0.3);
      expect(best).toBeLessThanOrEqual(1);
      expect(result.zero).toBeGreaterThan(0.3);
    } finally {
      await smol.dispose();
    }
  });
});

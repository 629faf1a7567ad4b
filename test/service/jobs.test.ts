import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Client, RequestOf } from '../../engine/results/index.ts';
import { faultOf } from '../files/temporary.ts';
import { recordWith, summaryOf } from '../exports/record.ts';
import { ablateJob, FakeHost, fakeAblate, Gate, model, unitRow, units } from './fakeHost.ts';
import { followed, machine, project, rowsOf } from './project.ts';

const unitsIn = (rows: readonly { readonly event: { readonly kind: string } }[]) =>
  rows.map(({ event }) => event).filter(({ kind }) => kind === 'unit');
const allUnits = Array.from({ length: units }, (_, i) => unitRow(i));

describe('a job', () => {
  it('is a run on disk from its start, and ends with its rows, its result and what it learned', async () => {
    const gate = new Gate();
    const { store, queue, reaches, rows } = await project(new FakeHost({ ablate: fakeAblate(gate) }));
    const run = await queue.start({ job: ablateJob(), tags: ['first'] });
    expect(run).toMatch(/^\d{4}-\d\d-\d\d-ablate-ioi-[0-9a-f]{4}$/);
    expect((await store.list()).runs).toMatchObject([{ id: run, title: 'Zero ablation of heads, ioi' }]);
    gate.let(units);
    const summary = await reaches(run, 'done');
    expect(summary).toMatchObject({ rows: 10, tags: ['first'], warnings: ['planted'], prompts: { name: 'ioi', n: 4 } });
    expect(summary.progress).toEqual({ kind: 'progress', of: 'units', done: units, total: units });
    const { record } = await store.get(run);
    expect(record).toMatchObject({
      ...{ fingerprint: model.fingerprint, tokenizer: model.tokenizer },
      plan: { unitsPerRun: 3, units: 8 },
      result: { seconds: 1 },
      machine,
    });
    expect((await rows(run)).map(({ event }) => event.kind)).toEqual([
      'start',
      'baseline',
      ...allUnits.map(() => 'unit'),
    ]);
    expect(unitsIn(await rows(run))).toEqual(allUnits);
  });

  it('is followed from any row on while it goes on, and the following ends with it', async () => {
    const gate = new Gate();
    const { store, queue } = await project(new FakeHost({ ablate: fakeAblate(gate) }));
    const run = await queue.start({ job: ablateJob() });
    const early = followed(store, run);
    gate.let(3);
    await setTimeout(50);
    const late = followed(store, run, 4);
    gate.let(units);
    expect(unitsIn(rowsOf(await early))).toEqual(allUnits);
    const events = await late;
    expect(events.find((event) => event.kind === 'rows')).toMatchObject({ from: 4 });
    expect(events.flatMap((event) => (event.kind === 'rows' ? event.rows : []))).toHaveLength(6);
    expect(events.at(-1)).toMatchObject({ kind: 'state', summary: { state: 'done' } });
  });

  it('waits for the one before it', async () => {
    const gate = new Gate();
    const { queue, reaches, store } = await project(new FakeHost({ ablate: fakeAblate(gate) }));
    const first = await queue.start({ job: ablateJob() });
    const second = await queue.start({ job: ablateJob() });
    await reaches(first, 'running');
    expect((await store.get(second)).record.summary.state).toBe('queued');
    gate.let(units);
    await reaches(first, 'done');
    await reaches(second, 'running');
    gate.let(units);
    await reaches(second, 'done');
    expect(queue.jobs()).toEqual([]);
  });

  it('waits while another model is open, and lets others pass', async () => {
    const gate = new Gate();
    const host = new FakeHost({ ablate: fakeAblate(gate) });
    host.open('/models/other.gguf');
    const { queue, reaches } = await project(host);
    const blocked = await queue.start({ job: ablateJob() });
    const passing = await queue.start({ job: ablateJob('/models/other.gguf') });
    await reaches(blocked, 'waiting');
    gate.let(units);
    await reaches(passing, 'done');
    await reaches(blocked, 'waiting');
    gate.let(units);
    host.open(null);
    await reaches(blocked, 'done');
    expect(host.resident()?.path).toBe('/models/tiny.gguf');
  });

  it('that fails says why, keeps its rows, and can be resumed', async () => {
    let isBroken = true;
    async function* ablate(request: RequestOf<'ablate'>): ReturnType<Client['ablate']> {
      const { header, baseline } = recordWith({}, { unitsPerRun: 3, scale: null });
      yield { kind: 'start', header };
      yield { kind: 'baseline', baseline };
      for (let i = request.done ?? 0; i < units; i++) {
        if (i === 4 && isBroken) throw new RangeError('planted');
        yield unitRow(i);
      }
      return { seconds: 1, warnings: [] };
    }
    const { queue, reaches, rows } = await project(new FakeHost({ ablate }));
    const run = await queue.start({ job: ablateJob() });
    const { error } = await reaches(run, 'failed');
    expect(error).toMatchObject({ kind: 'defect', message: 'RangeError: planted' });
    expect(unitsIn(await rows(run))).toHaveLength(4);
    isBroken = false;
    await queue.steer({ run, action: 'resume' });
    expect(await reaches(run, 'done')).toMatchObject({ error: null, resumed: 1 });
    expect(unitsIn(await rows(run))).toEqual(allUnits);
  });

  it('is not reported more than ten times a second, except when its state changes', async () => {
    async function* task(): ReturnType<Client['task']> {
      for (let done = 0; done < 5000; done++) yield { kind: 'progress', of: 'prompts', done, total: 5000 };
      await setTimeout(250);
      throw new RangeError('planted');
    }
    const { queue, reaches, changes } = await project(new FakeHost({ task }));
    const began = performance.now();
    const run = await queue.start({ job: { call: 'task', request: { model: '/m.gguf', task: 'ioi', n: 2, seed: 0 } } });
    await reaches(run, 'failed');
    const states = 4;
    expect(changes.length).toBeLessThanOrEqual(states + Math.ceil((performance.now() - began) / 100));
    expect(changes.at(-1)?.progress).toMatchObject({ done: 4999 });
  });
});

describe('steering', () => {
  it('cancels at once though the call does not listen, and keeps the rows', async () => {
    const never = new Promise<never>(() => undefined);
    async function* ablate(): ReturnType<Client['ablate']> {
      yield unitRow(0);
      return never;
    }
    const { queue, rows, store, reaches } = await project(new FakeHost({ ablate }));
    const run = await queue.start({ job: ablateJob() });
    while (queue.jobs()[0]?.rows !== 1) await setTimeout(1);
    expect(await queue.steer({ run, action: 'cancel' })).toBe('cancelled');
    expect(unitsIn(await rows(run))).toEqual([unitRow(0)]);
    while (store.owned(run) !== null) await setTimeout(1);
    expect((await store.get(run)).record.summary.state).toBe('cancelled');
    await reaches(run, 'cancelled');
  });

  it('pauses, and goes on from the rows by the same plan to the same numbers', async () => {
    const gate = new Gate();
    const seen: RequestOf<'ablate'>[] = [];
    const { queue, reaches, rows, store } = await project(new FakeHost({ ablate: fakeAblate(gate, seen) }));
    const run = await queue.start({ job: ablateJob() });
    gate.let(5);
    while (queue.jobs()[0]?.rows !== 7) await setTimeout(1);
    expect(await queue.steer({ run, action: 'pause' })).toBe('paused');
    await setTimeout(20);
    expect((await store.list()).runs[0]?.state).toBe('paused');
    await queue.steer({ run, action: 'resume' });
    gate.let(3);
    expect(await reaches(run, 'done')).toMatchObject({ resumed: 0 });
    expect(unitsIn(await rows(run))).toEqual(allUnits);
    expect(seen.map(({ done, unitsPerRun }) => [done, unitsPerRun])).toEqual([
      [undefined, undefined],
      [5, 3],
    ]);
  });

  it('lets the next job run while one is paused, and a paused or queued one be cancelled', async () => {
    const gate = new Gate();
    const { queue, reaches } = await project(new FakeHost({ ablate: fakeAblate(gate) }));
    const first = await queue.start({ job: ablateJob() });
    const second = await queue.start({ job: ablateJob() });
    const third = await queue.start({ job: ablateJob() });
    await reaches(first, 'running');
    await queue.steer({ run: first, action: 'pause' });
    await reaches(second, 'running');
    expect(await queue.steer({ run: third, action: 'cancel' })).toBe('cancelled');
    expect(await queue.steer({ run: first, action: 'cancel' })).toBe('cancelled');
    gate.let(units);
    await reaches(second, 'done');
    expect(queue.jobs()).toEqual([]);
  });

  it('resumes what was cancelled a moment ago', async () => {
    const gate = new Gate();
    const { queue, reaches, rows } = await project(new FakeHost({ ablate: fakeAblate(gate) }));
    const run = await queue.start({ job: ablateJob() });
    gate.let(2);
    while (queue.jobs()[0]?.rows !== 4) await setTimeout(1);
    void queue.steer({ run, action: 'cancel' });
    await queue.steer({ run, action: 'resume' });
    gate.let(6);
    await reaches(run, 'done');
    expect(unitsIn(await rows(run))).toEqual(allUnits);
  });

  it('begins a call again that can not go on, and drops what it gave', async () => {
    const gate = new Gate();
    async function* attribute(): ReturnType<Client['attribute']> {
      for (let i = 0; i < 3; i++) {
        await gate.pass();
        yield { kind: 'unit', site: 'z', layer: 0, head: i, effect: summaryOf(i) };
      }
      return { seconds: 1, warnings: [] };
    }
    const { queue, reaches, store } = await project(new FakeHost({ attribute }));
    const prompts = { kind: 'task', task: 'ioi', n: 4, seed: 0 } as const;
    const run = await queue.start({
      job: { call: 'attribute', request: { model: '/m', prompts, method: 'atp', seed: 0 } },
    });
    const following = followed(store, run);
    gate.let(2);
    while (queue.jobs()[0]?.rows !== 2) await setTimeout(1);
    await setTimeout(40);
    await queue.steer({ run, action: 'pause' });
    await queue.steer({ run, action: 'resume' });
    await reaches(run, 'running');
    // The call that was left behind takes one more.
    gate.let(4);
    await reaches(run, 'done');
    expect(rowsOf(await following).map(({ event }) => 'head' in event && event.head)).toEqual([0, 1, 2]);
  });

  it('says what can not be done', async () => {
    const gate = new Gate();
    const { queue, reaches } = await project(new FakeHost({ ablate: fakeAblate(gate) }));
    const run = await queue.start({ job: ablateJob() });
    gate.let(units);
    await reaches(run, 'done');
    expect(await queue.steer({ run, action: 'cancel' })).toBe('done');
    expect(await faultOf(() => queue.steer({ run, action: 'resume' }))).toMatch(/the run is done/);
    expect(await faultOf(() => queue.steer({ run, action: 'pause' }))).toMatch(/does not go on/);
    expect(await faultOf(() => queue.steer({ run: '../etc', action: 'cancel' }))).toMatch(/no run has such a name/);
    const other = '2030-01-01-ablate-ioi-0000';
    expect(await faultOf(() => queue.steer({ run: other, action: 'resume' }))).toMatch(/no such run/);
  });
});

describe('a compute process that dies', () => {
  it('is replaced, and the job goes on from its rows', async () => {
    const gate = new Gate();
    const host = new FakeHost({ ablate: fakeAblate(gate) });
    const { queue, reaches, rows, notices } = await project(host);
    const run = await queue.start({ job: ablateJob() });
    gate.let(4);
    while (queue.jobs()[0]?.rows !== 6) await setTimeout(1);
    await host.replace('it was killed');
    gate.let(units);
    expect(await reaches(run, 'done')).toMatchObject({ resumed: 1 });
    expect(unitsIn(await rows(run))).toEqual(allUnits);
    expect(notices).toEqual([
      'The compute process was replaced (it was killed). "Zero ablation of heads, ioi" goes on from its saved rows.',
    ]);
  });

  it('is not tried for ever at the same row', async () => {
    const gate = new Gate();
    const host = new FakeHost({ ablate: fakeAblate(gate) });
    const { queue, reaches, notices } = await project(host);
    const run = await queue.start({ job: ablateJob() });
    for (let i = 0; i < 4; i++) {
      while (queue.jobs()[0]?.rows !== 2 || host.resident() === null) await setTimeout(1);
      await setTimeout(5);
      await host.replace('it was killed');
    }
    expect(await reaches(run, 'failed')).toMatchObject({ resumed: 3, error: { kind: 'defect' } });
    expect(notices).toHaveLength(3);
  });

  it('is told from a call that fails by itself', async () => {
    async function* ablate(): ReturnType<Client['ablate']> {
      throw new (await import('../../engine/results/index.ts')).Defect('planted');
    }
    const { queue, reaches } = await project(new FakeHost({ ablate }));
    const run = await queue.start({ job: ablateJob() });
    expect(await reaches(run, 'failed')).toMatchObject({ resumed: 0 });
  });
});

describe('a control process that ends', () => {
  it('leaves interrupted runs, which the next one resumes by the same plan', async () => {
    const gate = new Gate();
    const host = new FakeHost({ ablate: fakeAblate(gate) });
    const { folder, queue } = await project(host);
    const run = await queue.start({ job: ablateJob() });
    gate.let(3);
    while (queue.jobs()[0]?.rows !== 5) await setTimeout(1);
    await queue.dispose();
    const seen: RequestOf<'ablate'>[] = [];
    const next = await project(new FakeHost({ ablate: fakeAblate(gate, seen) }), folder, {
      ...machine,
      cpu: 'another',
    });
    expect((await next.store.list()).runs).toMatchObject([{ id: run, state: 'interrupted', rows: 5 }]);
    gate.let(units);
    await next.queue.steer({ run, action: 'resume' });
    const { warnings } = await next.reaches(run, 'done');
    expect(warnings[0]).toMatch(/went on with headscope .* on another/);
    expect(unitsIn(await next.rows(run))).toEqual(allUnits);
    expect(seen[0]).toMatchObject({ done: 3, unitsPerRun: 3 });
  });

  it.each([
    { what: 'model', other: { fingerprint: 'other' } },
    { what: 'tokenizer', other: { tokenizer: 'other' } },
  ])('refuses to go on with another $what', async ({ what, other }) => {
    const gate = new Gate();
    const { folder, queue } = await project(new FakeHost({ ablate: fakeAblate(gate) }));
    const run = await queue.start({ job: ablateJob() });
    gate.let(3);
    while (queue.jobs()[0]?.rows !== 5) await setTimeout(1);
    await queue.dispose();
    async function* ablate(): ReturnType<Client['ablate']> {
      const header = { ...recordWith({}, { unitsPerRun: 3, scale: null }).header };
      yield { kind: 'start', header: { ...header, model: { ...model, ...other } } };
      return { seconds: 0, warnings: [] };
    }
    const next = await project(new FakeHost({ ablate }), folder);
    await next.queue.steer({ run, action: 'resume' });
    const { error } = await next.reaches(run, 'failed');
    expect(error?.message).toContain(`not the ${what} that the run was begun with`);
    expect(await next.rows(run)).toHaveLength(5);
  });
});

describe('a repetition', () => {
  it('keeps the plan of the run that it repeats, and of no other', async () => {
    const gate = new Gate();
    const seen: RequestOf<'ablate'>[] = [];
    const { queue, reaches } = await project(new FakeHost({ ablate: fakeAblate(gate, seen) }));
    gate.let(4 * units);
    const from = await queue.start({ job: ablateJob() });
    await reaches(from, 'done');
    await reaches(await queue.start({ job: ablateJob(), from }), 'done');
    await reaches(await queue.start({ job: ablateJob('/models/tiny.gguf', 7), from }), 'done');
    expect(seen.map(({ unitsPerRun }) => unitsPerRun)).toEqual([undefined, 3, undefined]);
  });
});

describe('training', () => {
  it('drops the steps after its checkpoint when it goes on', async () => {
    const gate = new Gate();
    let resumedAt = 0;
    async function* train(): ReturnType<Client['train']> {
      yield { kind: 'start', parameters: 1, steps: 6, resumedAt };
      for (let step = resumedAt + 1; step <= 6; step++) {
        await gate.pass();
        yield { kind: 'step', step, loss: step, gradientNorm: 1, learningRate: 1, tokensPerSecond: 1 };
      }
      return { folder: '/out', steps: 6, seconds: 1 };
    }
    const { queue, reaches, rows, folder } = await project(new FakeHost({ train }));
    const config = JSON.parse(readFileSync(join('fixtures', 'make', 'tinyHeads.json'), 'utf8')) as never;
    const run = await queue.start({ job: { call: 'train', request: { config, base: folder, out: '/out' } } });
    gate.let(4);
    while (queue.jobs()[0]?.rows !== 5) await setTimeout(1);
    await queue.steer({ run, action: 'pause' });
    resumedAt = 2;
    await queue.steer({ run, action: 'resume' });
    gate.let(5);
    await reaches(run, 'done');
    const events = (await rows(run)).map(({ event }) => event);
    expect(events.map((event) => ('step' in event ? event.step : event.kind))).toEqual(['start', 1, 2, 3, 4, 5, 6]);
  });
});

describe('a training of gates', () => {
  it('is given its last step when it goes on', async () => {
    const gate = new Gate();
    const seen: (number | undefined)[] = [];
    async function* duo({ from }: RequestOf<'duo'>): ReturnType<Client['duo']> {
      seen.push(from?.step);
      for (let step = (from?.step ?? 0) + 1; step <= 4; step++) {
        await gate.pass();
        const numbers = { tokens: 16, labels: 4, learningRate: 1, distillation: 0, loss: 0, meanGate: 1, seconds: 0 };
        yield { kind: 'step', step, gates: [step], first: [0], second: [0], ...numbers };
      }
      return { gates: [[4]], steps: 4, seconds: 1, warnings: [] };
    }
    const { queue, reaches, rows } = await project(new FakeHost({ duo }));
    const request = {
      ...{ model: '/models/tiny.gguf', steps: 4, sink: 1, recent: 2, lengths: { from: 16, to: 16, count: 1 } },
      ...{ passkeys: null, learningRate: 0.02, regularisation: 0.05, seed: 0 },
    };
    const run = await queue.start({ job: { call: 'duo', request } });
    gate.let(2);
    while (queue.jobs()[0]?.rows !== 2) await setTimeout(1);
    await queue.steer({ run, action: 'cancel' });
    await queue.steer({ run, action: 'resume' });
    gate.let(3);
    await reaches(run, 'done');
    expect(seen).toEqual([undefined, 2]);
    expect((await rows(run)).map(({ event }) => 'step' in event && event.step)).toEqual([1, 2, 3, 4]);
  });
});

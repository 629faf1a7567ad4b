import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareRuns } from '../../engine/service/runs/compareRuns.ts';
import { differencesOf } from '../../engine/service/runs/differences.ts';
import { exportRun } from '../../engine/service/runs/exportRun.ts';
import { runCalls } from '../../engine/service/runs/runCalls.ts';
import type { Client } from '../../engine/results/index.ts';
import { recordWith, summaryOf } from '../exports/record.ts';
import { faultOf } from '../files/temporary.ts';
import { ablateJob, fakeAblate, FakeHost, Gate, units } from './fakeHost.ts';
import type { Project } from './project.ts';
import { machine, newFolder, project } from './project.ts';

async function done(within: Project, job: Parameters<Project['queue']['start']>[0]): Promise<string> {
  const run = await within.queue.start(job);
  await within.reaches(run, 'done');
  while (within.store.owned(run) !== null) await new Promise((resolve) => setTimeout(resolve, 1));
  return run;
}

function openGate(): Gate {
  const gate = new Gate();
  gate.let(1000);
  return gate;
}

describe('two runs', () => {
  it('of the same are identical, row by row', async () => {
    const within = await project(new FakeHost({ ablate: fakeAblate(openGate()) }));
    const a = await done(within, { job: ablateJob() });
    const b = await done(within, { job: ablateJob(), from: a });
    expect(await compareRuns(within.store, a, b)).toEqual({
      ...{ settings: [], identical: units + 1, different: 0, differences: [], largest: 0 },
      ...{ onlyA: 0, onlyB: 0, reasons: [] },
    });
  });

  it('that differ in one bit say where and by how much', async () => {
    const within = await project(new FakeHost({ ablate: fakeAblate(openGate()) }));
    const [a, b] = [await done(within, { job: ablateJob() }), await done(within, { job: ablateJob() })];
    const rows = join(within.folder, 'runs', b, 'rows.jsonl');
    const text = readFileSync(rows, 'utf8');
    writeFileSync(rows, text.replace('{"mean":-1,', '{"mean":-1.0000000000000002,'));
    expect(await compareRuns(within.store, a, b)).toMatchObject({
      ...{ identical: units, different: 1, largest: 2 ** -52 },
      differences: [{ path: 'L0H2.effect.mean', a: '-1', b: '-1.0000000000000002' }],
    });
  });

  it('on other machines, of other seeds and lengths, say what may be why', async () => {
    const folder = newFolder();
    const gate = new Gate();
    gate.let(units + 3);
    const first = await project(new FakeHost({ ablate: fakeAblate(gate) }), folder);
    const a = await done(first, { job: ablateJob() });
    const other = await project(new FakeHost({ ablate: fakeAblate(gate) }), folder, {
      ...machine,
      cpu: 'new',
      threads: 8,
    });
    const b = await other.queue.start({ job: ablateJob('/models/tiny.gguf', 7) });
    while (other.queue.jobs()[0]?.rows !== 5) await new Promise((resolve) => setTimeout(resolve, 1));
    await other.queue.steer({ run: b, action: 'cancel' });
    const { settings, onlyA, onlyB, reasons } = await compareRuns(other.store, a, b);
    expect(settings.map(({ path }) => path)).toEqual([
      ...['request.prompts.seed', 'request.seed', 'machine.cpu', 'machine.threads'],
    ]);
    expect([onlyA, onlyB]).toEqual([units - 3, 0]);
    expect(reasons).toEqual([
      'they were asked for different things',
      'another processor (any and new)',
      'another number of threads (2 and 8)',
      `${b} is cancelled, not done`,
    ]);
  });

  it('of a call without rows are compared by their results', async () => {
    let problems: string[] = [];
    async function* verify(): ReturnType<Client['verify']> {
      return { tensors: 3, problems };
    }
    const within = await project(new FakeHost({ verify }));
    const a = await done(within, { job: { call: 'verify', request: { model: '/m' } } });
    problems = ['x'];
    const b = await done(within, { job: { call: 'verify', request: { model: '/m' } } });
    expect(await compareRuns(within.store, a, b)).toMatchObject({ identical: 0, different: 1 });
    expect(await compareRuns(within.store, a, a)).toMatchObject({ identical: 1, different: 0 });
  });

  it('compare arrays by their elements', () => {
    const [a, b] = [Float32Array.of(1, 2, 3), Float32Array.of(1, 2.5, 5)];
    expect(differencesOf({ a }, { a: b })).toEqual({ listed: [{ path: 'a.1', a: '2', b: '2.5' }], largest: 2 });
    expect(differencesOf(a, a.slice())).toEqual({ listed: [], largest: 0 });
    expect(differencesOf([0], [-0]).listed).toHaveLength(1);
    expect(differencesOf(1, NaN).largest).toBe(Number.MAX_VALUE);
  });
});

describe('an export', () => {
  it('of what is not done has the units that there are, and says so', async () => {
    const gate = new Gate();
    const within = await project(new FakeHost({ ablate: fakeAblate(gate) }));
    const run = await within.queue.start({ job: ablateJob() });
    await within.reaches(run, 'running');
    gate.let(3);
    while (within.queue.jobs()[0]?.rows !== 5) await new Promise((resolve) => setTimeout(resolve, 1));
    await within.queue.steer({ run, action: 'cancel' });
    const { data, name } = await exportRun(within.store, { run, format: 'heads.json' });
    expect(name).toBe(`${run}.heads.json`);
    expect(new TextDecoder().decode(data)).toContain('partial: 3 of 8 units');
  });

  it('is a table for scores, grids and sets', async () => {
    const { header: measured } = recordWith({}, { unitsPerRun: 1, scale: null });
    const { ablation: _a, unit: _u, reference: _r, align: _l, scale: _s, unitsPerRun: _n, ...shared } = measured;
    async function* patchGrid(): ReturnType<Client['patchGrid']> {
      const target = { kind: 'heads' } as const;
      yield {
        kind: 'start',
        header: { ...shared, unitsPerRun: 1, target, direction: 'cleanIntoCorrupt', columns: [0, 1], labels: null },
      };
      yield { kind: 'cell', layer: 0, column: 1, effect: summaryOf(2), recovery: null };
      yield { kind: 'cell', layer: 0, column: 0, effect: summaryOf(1), recovery: summaryOf(0.5) };
      return { seconds: 0, warnings: [] };
    }
    async function* ablateSets(): ReturnType<Client['ablateSets']> {
      yield {
        kind: 'start',
        header: {
          ...shared,
          unitsPerRun: 1,
          ablation: 'zero',
          scale: null,
          plan: 'list',
          reference: null,
          align: null,
        },
      };
      const heads = [
        { layer: 0, head: 1 },
        { layer: 1, head: 2 },
      ];
      yield { kind: 'set', heads, effect: summaryOf(1), kl: summaryOf(2), interaction: null, step: null };
      return { seconds: 0, warnings: [] };
    }
    const within = await project(new FakeHost({ patchGrid, ablateSets }));
    const prompts = { kind: 'task', task: 'ioi', n: 2, seed: 0 } as const;
    const csvOf = async (run: string) =>
      new TextDecoder().decode((await exportRun(within.store, { run, format: 'csv' })).data);
    const grid = await done(within, {
      job: {
        call: 'patchGrid',
        request: { model: '/m', prompts, target: { kind: 'heads' }, direction: 'cleanIntoCorrupt', seed: 0 },
      },
    });
    const [, first, second] = (await csvOf(grid)).split('\n');
    expect(first).toMatch(/^z,cleanIntoCorrupt,logitDifference,0,0,,1,.*,0\.5,/);
    expect(second).toMatch(/^z,cleanIntoCorrupt,logitDifference,0,1,,2,.*,16,,,,,$/);
    const heads = [{ layer: 0, head: 1 }];
    const sets = await done(within, {
      job: {
        call: 'ablateSets',
        request: { model: '/m', prompts, sets: { kind: 'list', sets: [heads] }, ablation: 'zero', seed: 0 },
      },
    });
    expect((await csvOf(sets)).split('\n')[1]).toMatch(/^L0H1 L1H2,2,,zero,logitDifference,1,/);
    expect(await faultOf(() => exportRun(within.store, { run: sets, format: 'heads.json' }))).toMatch(
      /gives no heads.json/,
    );
  });
});

describe('the calls', () => {
  it('tell those who watch of a new label and of a bin', async () => {
    const within = await project(new FakeHost({ ablate: fakeAblate(openGate()) }));
    const calls = runCalls(within.store, within.queue);
    const options = { signal: new AbortController().signal, priority: 'interactive' } as const;
    const { run } = await calls.start({ job: ablateJob() }, options);
    await within.reaches(run, 'done');
    while (within.store.owned(run) !== null) await new Promise((resolve) => setTimeout(resolve, 1));
    const { summary } = await calls.label({ run, title: 'Mine' }, options);
    expect(summary).toMatchObject({ title: 'Mine', state: 'done' });
    await calls.bin({ run }, options);
    expect((await calls.runs({}, options)).runs).toEqual([]);
    expect((await calls.runs({ binned: true }, options)).runs).toHaveLength(1);
  });
});

import { describe, expect, it } from 'vitest';
import type { RunSummary } from '../../../engine/results/runs.ts';
import { jobRequest } from '../../../engine/results/runs.ts';
import type { MeasuredOn } from '../../../renderer/state/workspace.ts';
import { previewSource, stepFor, topKeys } from '../../../renderer/views/heads/previewSource.ts';
import { estimateSeconds, runPlans } from '../../../renderer/views/heads/runPlans.ts';
import { measureOf } from './headsSample.ts';

const on: MeasuredOn = { model: '/m', prompts: { kind: 'task', task: 'ioi', n: 64, seed: 3 }, seed: 3 };

const run: RunSummary = {
  ...{ id: 'run', call: 'ablate', title: 'Zero ablation of heads, ioi', tags: [], note: '', state: 'done' },
  ...{ model: { path: '/m', name: 'm' }, prompts: { name: 'ioi', n: 16 }, created: '2026-11-26T00:00:00.000Z' },
  ...{ seconds: 8, rows: 10, progress: null, rate: null, secondsLeft: null, error: null, warnings: [] },
  ...{ from: null, resumed: 0 },
};

function planOf(id: string) {
  const plan = runPlans({ hasGroups: true, hasBos: true }).find((candidate) => candidate.id === id);
  if (plan === undefined) throw new Error(`no plan ${id}`);
  return plan;
}

describe('what can be run', () => {
  it('are requests that the contract takes, each with an id and a title of its own', () => {
    const plans = runPlans({ hasGroups: true, hasBos: true });
    for (const plan of plans) expect(jobRequest.safeParse(plan.job(on, 128)).error).toBeUndefined();
    expect(new Set(plans.map(({ id }) => id)).size).toBe(plans.length);
    expect(new Set(plans.map(({ title }) => title)).size).toBe(plans.length);
  });

  it('has KV groups only where heads share them', () => {
    const ids = runPlans({ hasGroups: false, hasBos: true }).map(({ id }) => id);
    expect(ids).not.toContain('ablate.zero.kv-group');
    expect(ids).toContain('ablate.zero.head');
  });

  it('asks for scores with and without BOS only where there is one', () => {
    const ids = (hasBos: boolean) => runPlans({ hasGroups: true, hasBos }).map(({ id }) => id);
    expect(ids(true)).toEqual(expect.arrayContaining(['scores.repeated.with', 'scores.repeated.without']));
    expect(ids(false).filter((id) => id.startsWith('scores.'))).toEqual(['scores.repeated', 'scores.prompts']);
  });

  it('stands under its heading without a gap', () => {
    const groups = runPlans({ hasGroups: true, hasBos: true }).map(({ group }) => group);
    const begins = groups.filter((group, i) => group !== groups[i - 1]);
    expect(new Set(begins).size).toBe(begins.length);
  });

  it('takes windows for the prior that the model can hold', () => {
    const job = planOf('streaming.prior').job(on, 128);
    expect(job.request).toMatchObject({ prior: { length: 128, texts: { length: 128 } } });
  });

  it('takes as long a prompt as the newest like run did', () => {
    const estimate = (id: string, runs: readonly RunSummary[], of: 'head' | 'kv-group' = 'head') =>
      estimateSeconds(planOf(id), 64, '/m', runs, [measureOf([1], { of })]);
    expect(estimate('ablate.mean.head', [run])).toBe(32);
    expect(estimate('ablate.zero.kv-group', [run])).toBeNull();
    expect(estimate('ablate.zero.kv-group', [run], 'kv-group')).toBe(32);
    expect(estimate('attribute.atp', [run])).toBeNull();
    expect(estimate('ablate.zero.head', [{ ...run, state: 'cancelled' }])).toBeNull();
    expect(estimate('ablate.zero.head', [{ ...run, model: { path: '/other', name: 'm' } }])).toBeNull();
    expect(estimateSeconds(planOf('ablate.zero.head'), null, '/m', [run], [])).toBeNull();
  });
});

describe('the preview of attention', () => {
  const data = Float32Array.from([1, 0, 0, 0.5, 0.5, 0, 0.2, 0.3, 0.5]);

  it('answers windows of cells and the largest of coarser ones', () => {
    const source = previewSource(data, 3, 1);
    expect(source.read({ level: 0, queries: [1, 3], keys: [0, 2] })).toEqual(Float32Array.from([0.5, 0.5, 0.2, 0.3]));
    expect(source.read({ level: 1, queries: [0, 3], keys: [0, 3] })).toEqual(Float32Array.from([1, 0, 0.3, 0.5]));
  });

  it('knows nothing finer than it holds, and nothing before it came', () => {
    expect(previewSource(data, 3, 2).read({ level: 0, queries: [0, 1], keys: [0, 1] })).toBeNull();
    expect(previewSource(data, 3, 2).read({ level: 1, queries: [4, 6], keys: [0, 6] })).toEqual(
      Float32Array.from([0.2, 0.3, 0.5]),
    );
    expect(previewSource(null, 0, 1).read({ level: 0, queries: [0, 1], keys: [0, 1] })).toBeNull();
  });

  it('holds long prompts in cells of several tokens', () => {
    expect([1, 512, 513, 4096].map(stepFor)).toEqual([1, 1, 2, 8]);
  });

  it('lists the largest weights, without those that would be written 0', () => {
    expect(topKeys(Float32Array.from([0.2, 0.0001, 0.7, 0.0999]), 3)).toEqual([2, 0, 3]);
    expect(topKeys(Float32Array.from([0.2, 0.0001]), 8)).toEqual([0]);
  });
});

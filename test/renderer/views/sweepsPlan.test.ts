import { describe, expect, it } from 'vitest';
import type { RunSummary } from '../../../engine/results/runs.ts';
import { jobRequest } from '../../../engine/results/runs.ts';
import { allHeads } from '../../../renderer/state/headRefs.ts';
import { estimateSeconds } from '../../../renderer/views/ablate/sweepsEstimate.ts';
import { readLayers } from '../../../renderer/views/ablate/sweepsLayers.ts';
import type { SweepScene } from '../../../renderer/views/ablate/sweepsPlan.ts';
import { planSweep, sweepKindOf } from '../../../renderer/views/ablate/sweepsPlan.ts';
import type { SweepKind, SweepsSettings } from '../../../renderer/views/ablate/sweepsSettings.ts';
import { heads as shape } from './headsSample.ts';

const settings: SweepsSettings = {
  ...{ kind: 'head', runs: {}, quantity: 'effect', pairs: 'interaction' },
  ...{ from: 'layers', layers: '1', steps: 3, choose: 'worst' },
};
const scene: SweepScene = {
  shape,
  on: { model: '/m', prompts: { kind: 'task', task: 'ioi', n: 64, seed: 3 }, seed: 3 },
  ...{ ablation: 'zero', scale: 0.5, set: allHeads(shape).slice(0, 3), saved: [allHeads(shape).slice(0, 2)] },
};

function ready(change: Partial<SweepsSettings>, on: Partial<SweepScene> = {}) {
  const plan = planSweep({ ...settings, ...change }, { ...scene, ...on });
  if (plan.kind === 'problem') throw new Error(plan.text);
  return plan;
}

function problem(change: Partial<SweepsSettings>, on: Partial<SweepScene> = {}): string {
  const plan = planSweep({ ...settings, ...change }, { ...scene, ...on });
  return plan.kind === 'problem' ? plan.text : 'ready';
}

describe('what a sweep starts', () => {
  const kinds: readonly SweepKind[] = ['head', 'kv-group', 'layer', 'mlp', 'pairs', 'greedy', 'list'];

  it.each(kinds)('%s is a request that the contract takes, and is known again by it', (kind) => {
    const { job } = ready({ kind });
    expect(jobRequest.safeParse(job).error).toBeUndefined();
    expect(sweepKindOf(job)).toBe(kind);
  });

  it('counts what is measured', () => {
    const units = kinds.map((kind) => ready({ kind }).units);
    // 8 heads; 4 KV groups; 2 layers; 2 MLPs; 3 alone and 3 pairs; 4 + 3 + 2 candidates; 1 set.
    expect(units).toEqual([8, 4, 2, 2, 6, 9, 1]);
    expect(ready({ kind: 'greedy', steps: 99 }).units).toBe(4 + 3 + 2 + 1);
  });

  it('gives the factor to scaling only, and counts positions of a mean from the end', () => {
    expect(ready({}, { ablation: 'scale' }).job.request).toMatchObject({ ablation: 'scale', scale: 0.5 });
    expect(ready({}).job.request).not.toHaveProperty('scale');
    expect(ready({}, { ablation: 'mean' }).job.request).toMatchObject({ align: 'end' });
  });

  it('says what is in the way', () => {
    expect(problem({ kind: 'pairs' }, { set: [] })).toContain('two heads');
    expect(problem({ kind: 'list' }, { saved: [] })).toContain('No set');
    expect(problem({ kind: 'greedy', from: 'set' }, { set: [] })).toContain('Put heads');
    expect(problem({ kind: 'greedy', layers: '0-9' })).toContain('0 to 1');
    expect(problem({ kind: 'mlp' }, { ablation: 'uniform' })).toContain('Uniform');
    expect(problem({ kind: 'kv-group' }, { ablation: 'uniform' })).toBe('ready');
  });
});

describe('layers as typed', () => {
  it('are ranges and numbers, each layer once', () => {
    expect(readLayers('2-4, 3 L0', 6)).toEqual([0, 2, 3, 4]);
  });

  it.each(['', '4-2', '6', 'two', '1-'])('%j is none', (text) => {
    expect(readLayers(text, 6)).toBeNull();
  });
});

describe('the estimate', () => {
  const run: RunSummary = {
    ...{ id: 'run', call: 'ablate', title: 'Zero ablation of heads, ioi', tags: [], note: '', state: 'done' },
    ...{ model: { path: '/m', name: 'm' }, prompts: { name: 'ioi', n: 16 }, created: '2026-11-26T00:00:00.000Z' },
    ...{ seconds: 16, rows: 10, progress: null, rate: null, secondsLeft: null, error: null, warnings: [] },
    ...{ from: null, resumed: 0 },
  };

  it('is by unit and prompt of the newest run that went through', () => {
    // 16 s for 8 units on 16 prompts: an eighth of a second each.
    expect(estimateSeconds(4, 32, [run])).toBe(16);
    expect(estimateSeconds(4, 32, [{ ...run, state: 'cancelled', seconds: 1 }, run])).toBe(16);
    expect(estimateSeconds(4, 32, [{ ...run, resumed: 1 }])).toBeNull();
  });

  it('is unknown without a size or a run', () => {
    expect(estimateSeconds(null, 32, [run])).toBeNull();
    expect(estimateSeconds(4, null, [run])).toBeNull();
    expect(estimateSeconds(4, 32, [])).toBeNull();
  });
});

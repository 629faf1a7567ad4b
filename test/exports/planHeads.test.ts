/** What kind of number each criterion of pruning is, wherever it is written; and what a plan's file says of how it was made. */
import { describe, expect, it } from 'vitest';
import { planHeads } from '../../engine/exports/planHeads.ts';
import type { PlanRecord } from '../../engine/exports/planHeads.ts';
import { importScores } from '../../engine/exports/importScores.ts';
import { writeHeads } from '../../engine/exports/heads.ts';
import { criteria } from '../../engine/prune/criteria/index.ts';
import type { Summary } from '../../engine/results/records.ts';
import { recordWith } from './record.ts';

const summary = (mean: number): Summary => ({ mean, standardError: 0.5, interval: [mean - 1, mean + 1], n: 4 });
const change = { change: summary(0.25), kl: summary(0.125) };
const costs = [0, 1].flatMap((layer) => [0, 1].map((index) => ({ layer, index, value: layer + index / 2 })));

function recordOf(changes: Partial<PlanRecord> = {}): PlanRecord {
  return {
    header: recordWith({}, { unit: 'kv-group', units: 4 }).header,
    plan: {
      ...{
        unit: 'kv-group',
        heads: [[0, 1], []],
        kvGroups: [[0], []],
        keep: [
          [2, 3],
          [0, 1, 2, 3],
        ],
      },
      ...{ minPerLayer: 1, rescoredEvery: 5, stopped: 'budget', budget: { kind: 'heads', atMost: 3 }, seed: 7 },
      ...{ protected: [{ layer: 1, index: 1, reason: 'pinned' }], legal: [], slices: [] },
      ...{ before: { parameters: 9, kvBytesPerToken: 8 }, after: { parameters: 5, kvBytesPerToken: 4 } },
      ...{ seconds: 1, warnings: [] },
    },
    ...{ criterion: 'Wanda, structured', family: 'proxy', costs, loss: summary(3), pruned: change, curve: [] },
    steps: [{ kind: 'step', step: 0, layer: 0, index: 0, cost: 0, delta: 0.25, cumulative: 0.25 }],
    random: Array.from({ length: 10 }, () => ({ ...change, shared: 0 })),
    ...{ created: '2026-01-01T00:00:00.000Z', version: '1.2.3' },
    ...changes,
  };
}

describe('the family of a criterion', () => {
  it('is causal where something is removed, and else says what it is', () => {
    expect(Object.fromEntries(criteria.map(({ id, family }) => [id, family]))).toEqual({
      ...{ zero: 'causal', mean: 'causal', kl: 'causal', shapley: 'causal' },
      ...{ michel: 'attribution', taylor: 'attribution', writeNorm: 'write' },
      ...{ wanda: 'proxy', wifv: 'proxy', flap: 'proxy', minitron: 'proxy', random: 'control' },
    });
  });

  it.each(['proxy', 'attribution', 'write', 'control', 'causal'] as const)(
    'of %s is what the file of a plan says, and what is read from it',
    (family) => {
      const file = planHeads(recordOf({ family }));
      expect(file.metrics.map((metric) => [metric.family, metric.ablation])).toEqual([[family, undefined]]);
      const data = new TextEncoder().encode(writeHeads(file));
      const { tables } = importScores({ files: [{ name: 'heads.json', data }] });
      expect(tables.map(({ kind }) => kind)).toEqual([family, 'selection', 'selection']);
    },
  );

  it('of the measured loss is causal, with what was put in the place of a unit', () => {
    const [metric] = planHeads(recordOf({ criterion: 'rise of the loss', family: 'causal' })).metrics;
    expect(metric).toMatchObject({ id: 'ablation.zero.loss', family: 'causal', ablation: { kind: 'zero_z' } });
  });
});

describe('the file of a plan', () => {
  it('says by what, up to which budget, what stays and why, and from which seed chance was drawn', () => {
    const { prune_plan, units, evaluation, calibration } = planHeads(recordOf());
    expect(prune_plan).toMatchObject({
      ...{ criterion: 'Wanda, structured', budget: { kind: 'heads', at_most: 3 }, min_per_layer: 1 },
      ...{ rescored_every: 5, stopped_by: 'budget', heads_to_prune: { 0: [0, 1] } },
    });
    expect(units.flatMap(({ layer, kv_group, protected: kept }) => (kept ? [[layer, kv_group, kept]] : []))).toEqual([
      [1, 1, { bool: true, reason: 'pinned' }],
    ]);
    expect(evaluation?.random_control).toMatchObject({ draws: 10, seed: 7, matched_by_layer: true });
    expect(calibration[0]?.token_ids_sha256).toMatch(/./);
  });
});

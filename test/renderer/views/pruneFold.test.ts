/** What the window makes of the rows of criteria and curves, against what the engine itself makes of them. */
import { describe, expect, it } from 'vitest';
import { criteria } from '../../../engine/prune/criteria/index.ts';
import { collectUnits } from '../../../engine/prune/importance/collect.ts';
import type { EventOf } from '../../../engine/results/contract.ts';
import type { ImportanceHeader, ImportanceRow } from '../../../engine/results/importance.ts';
import type { CurvePoint } from '../../../engine/results/pruneCurve.ts';
import type { RunRow } from '../../../engine/results/runs.ts';
import { criteriaList, criteriaOf } from '../../../renderer/views/prune/criteriaList.ts';
import type { CurveView } from '../../../renderer/views/prune/curveFold.ts';
import { noCurve, planLine, randomBand, randomNear, randomPoints } from '../../../renderer/views/prune/curveFold.ts';
import { importanceOf } from '../../../renderer/api/importanceFold.ts';
import { curveOfPlan, evidenceOf, planOf } from '../../../renderer/views/prune/planFold.ts';

const shape = {
  ...{ layers: 2, heads: 4, kvHeads: 2, headWidth: 8, width: 32, mlpWidth: 64 },
  ...{ vocabulary: 10, outputVocabulary: 10, context: 16 },
};
const asked = ['zero', 'kl', 'writeNorm', 'shapley'];
const header = {
  shape,
  unit: 'kv-group',
  criteria: asked.map((id) => ({ id })),
} as unknown as ImportanceHeader;

function summaryOf(mean: number) {
  return { mean, standardError: 0.1, interval: [mean - 0.5, mean + 0.5] as const, n: 8 };
}

const places = [0, 1].flatMap((layer) => [0, 1].map((index) => ({ layer, index })));
const rows: readonly ImportanceRow[] = [
  { kind: 'row', of: 'values', criterion: 'writeNorm', unit: 'kv-group', values: [1, 2, 3, 4] },
  ...places.map((place, i): ImportanceRow => ({
    kind: 'row',
    of: 'ablation',
    by: 'zero',
    unit: 'kv-group',
    ...place,
    change: summaryOf(i),
    kl: summaryOf(10 + i),
    flips: 0,
    bySample: [],
  })),
  { kind: 'row', of: 'order', order: 0, shares: [1, 2, 3, 4], measured: 4, left: 0 },
  { kind: 'row', of: 'order', order: 1, shares: [3, 2, 1, 0], measured: 4, left: 0 },
];

function eventsOf(list: readonly ImportanceRow[]): readonly RunRow[] {
  const start = { kind: 'start', header } as const;
  return [start, ...list].map((event) => ({ call: 'importance', event }));
}

describe('criteria', () => {
  it('are those of the engine, with its titles and units', () => {
    expect(criteriaList.map(({ id, title }) => [id, title])).toEqual(criteria.map(({ id, title }) => [id, title]));
    for (const unit of ['head', 'kv-group', 'layer', 'mlp'] as const) {
      const defined = criteria.filter(({ units }) => units.includes(unit)).map(({ id }) => id);
      expect(criteriaOf(unit).map(({ id }) => id)).toEqual(defined);
    }
  });

  it('have the values that the engine gives once all rows are there', () => {
    const chosen = criteria.filter(({ id }) => asked.includes(id));
    const { units } = collectUnits(rows, { shape, unit: 'kv-group', criteria: chosen, seed: 0 });
    const live = importanceOf(eventsOf(rows));
    for (const column of live?.columns ?? []) {
      expect([...column.values]).toEqual(units.map(({ values }) => values[column.id]?.value));
      expect(column.known).toBe(4);
    }
    expect(live?.columns).toHaveLength(4);
    expect(live?.orders).toBe(2);
  });

  it('are unknown where no row came yet', () => {
    const live = importanceOf(eventsOf(rows.slice(0, 2)));
    const [zero, , norm, shapley] = live?.columns ?? [];
    expect([...(zero?.values ?? [])]).toEqual([0, NaN, NaN, NaN]);
    expect(zero?.known).toBe(1);
    expect([...(norm?.values ?? [])]).toEqual([1, 2, 3, 4]);
    expect(norm?.low.every(Number.isNaN)).toBe(true);
    expect(shapley?.known).toBe(0);
    expect(importanceOf([])).toBeNull();
  });
});

function pointOf(units: number, change: number, draw: number | null = null): CurvePoint {
  const common = { loss: summaryOf(3 + change), change: summaryOf(change), kl: summaryOf(change / 2) };
  return { kind: 'point', draw, units, ...common, metric: null, metricChange: null };
}

describe('a curve', () => {
  const curve: CurveView = {
    ...noCurve,
    points: [pointOf(4, 1), pointOf(2, 0.4), pointOf(2, 0.9, 0), pointOf(2, 0.5, 1), pointOf(4, 2, 0)],
  };

  it('goes from nothing removed through the points of the run and of the slider', () => {
    const line = planLine(curve, [pointOf(3, 0.7)], 'change');
    expect(line.x).toEqual([0, 2, 3, 4]);
    expect(line.y).toEqual([0, 0.4, 0.7, 1]);
    expect(line.low[1]).toBeCloseTo(-0.1);
  });

  it('has no metric where none was measured', () => {
    expect(planLine(curve, [], 'metric').x).toEqual([]);
    expect(randomPoints(curve, 'metric')).toEqual([]);
  });

  it('stands beside all random plans of as many units', () => {
    const random = randomPoints(curve, 'change');
    expect(random).toEqual([
      { units: 2, mean: 0.7, least: 0.5, most: 0.9, draws: 2 },
      { units: 4, mean: 2, least: 2, most: 2, draws: 1 },
    ]);
    expect(randomNear(random, 5)?.units).toBe(4);
    expect(randomNear([], 5)).toBeNull();
  });
});

describe('a plan', () => {
  const change = (mean: number) => ({ change: summaryOf(mean), kl: summaryOf(2 * mean) });
  const step = (at: number, cumulative: number) => ({
    ...({ kind: 'step', step: at, layer: 0, index: at, cost: at, delta: 0.5, cumulative } as const),
  });
  const costs = { kind: 'costs', name: 'x', family: 'causal', loss: summaryOf(3), costs: [] } as const;
  const events: readonly EventOf<'prunePlan'>[] = [
    costs,
    step(0, 0.5),
    step(1, 1.5),
    { kind: 'plan', units: 2, ...change(1.5) },
    ...[1, 2, 4].map((mean, draw) => ({ kind: 'random', draw, shared: draw, ...change(mean) }) as const),
  ];
  const planAfter = (count: number) => planOf(events.slice(0, count).map((event) => ({ call: 'prunePlan', event })));

  it('is a line of steps whose end has an interval, beside the random plans from the full model on', () => {
    const curve = curveOfPlan(planAfter(events.length));
    const line = planLine(curve, [], 'change');
    expect([line.x, line.y]).toEqual([
      [0, 1, 2],
      [0, 0.5, 1.5],
    ]);
    expect(line.low).toEqual([0, NaN, 1]);
    expect(planLine(curve, [], 'kl').x).toEqual([0, 2]);
    const band = randomBand(randomPoints(curve, 'change'), 'change');
    expect(band.map(({ units, least, most }) => [units, least, most])).toEqual([
      [0, 0, 0],
      [2, 1, 4],
    ]);
    expect(randomBand(randomPoints(curve, 'metric'), 'metric')).toEqual([]);
  });

  it('is evidence once the whole and random plans are measured', () => {
    expect(evidenceOf(planAfter(events.length))).toMatchObject({ worse: 2, draws: 3, least: 1, most: 4, shared: 2 });
    expect(evidenceOf(planAfter(4))).toBeNull();
    expect(planAfter(2).steps).toHaveLength(1);
  });
});

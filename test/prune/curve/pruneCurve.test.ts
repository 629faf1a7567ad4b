/** Curves and plans on a small model, against edited forward passes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CurveEvent, CurveRequest } from '../../../engine/prune/curve/pruneCurve.ts';
import { pruneCurve } from '../../../engine/prune/curve/pruneCurve.ts';
import { TaskScene } from '../../../engine/prune/curve/taskChange.ts';
import { Samples } from '../../../engine/prune/calibration/samples.ts';
import { firstRows, TextScene } from '../../../engine/prune/curve/textChange.ts';
import type { PlanEvent, PlanRequest } from '../../../engine/prune/plan/makePlan.ts';
import { makePlan } from '../../../engine/prune/plan/makePlan.ts';
import type { PlanUnit } from '../../../engine/prune/plan/planUnit.ts';
import { unitKey } from '../../../engine/prune/plan/planUnit.ts';
import type { Model } from '../../../engine/run/index.ts';
import { openGolden, randomIds } from '../../run/models.ts';
import { differencesByEdits, scenePrompts } from '../../scores/scenePrompts.ts';

const order: readonly PlanUnit[] = [
  { layer: 1, index: 1 },
  { layer: 0, index: 3 },
  { layer: 1, index: 0 },
];

describe('pruning on text', () => {
  let model: Model;
  let rows: number[][];
  beforeAll(async () => {
    model = await openGolden('llama-gqa');
    rows = [9, 9, 6, 9].map((length, i) => randomIds(model, length, i));
  });
  afterAll(() => model.dispose());

  /** Every row is a document. */
  const sceneOf = () => {
    const documents = rows.map((ids, i) => ({ name: `document ${i}`, ids }));
    const documentOf = rows.map((ids, i) => ids.map(() => i));
    const tokens = rows.reduce((total, ids) => total + ids.length, 0);
    const samplesOf = (count: number) => {
      const [windows, of] = [rows.slice(0, count), documentOf.slice(0, count)];
      return new Samples({ name: 'random', documents, windows, documentOf: of, tokens }, 5);
    };
    const firstSamples = samplesOf(firstRows(rows.length));
    return { text: new TextScene(model, rows), samples: samplesOf(rows.length), firstSamples };
  };
  const request = (changes: Partial<CurveRequest> = {}): CurveRequest => ({
    ...{ unit: 'head', order, points: [0, 1, 3], draws: 10, seed: 5, done: 0, glance: false },
    ...changes,
  });
  async function eventsOf(asked: CurveRequest, withTask = false): Promise<CurveEvent[]> {
    const task = withTask
      ? new TaskScene(model, { prompts: scenePrompts(model, [8, 6]), metric: 'logitDifference' })
      : null;
    const events: CurveEvent[] = [];
    for await (const event of pruneCurve(model, { ...sceneOf(), task }, asked)) events.push(event);
    return events;
  }
  const pointsOf = (events: readonly CurveEvent[]) => events.filter((event) => event.kind === 'point');

  /** Loss of a row's tokens and their divergence from the full model, from logits and softmaxes written out. */
  async function byHand(ids: readonly number[], heads: readonly PlanUnit[]) {
    const edits = heads.map(({ layer, index }) => ({
      ...{ site: 'z' as const, layers: [layer], heads: [index], operation: { kind: 'zero' as const } },
    }));
    const logProbabilities = async (list: typeof edits) => {
      const { logits } = await model.forward({ ids: [ids], edits: list });
      const width = model.family.shape.outputVocabulary;
      return ids.map((_, p) => {
        const row = [...(logits?.data.slice(p * width, (p + 1) * width) ?? [])];
        const sum = Math.log(row.reduce((total, logit) => total + Math.exp(logit), 0));
        return row.map((logit) => logit - sum);
      });
    };
    const [full, pruned] = [await logProbabilities([]), await logProbabilities(edits)];
    const positions = ids.slice(1).map((id, p) => ({ id, full: full[p] ?? [], pruned: pruned[p] ?? [] }));
    const sumOver = (value: (at: (typeof positions)[number]) => number) =>
      positions.reduce((total, at) => total + value(at), 0);
    const kl = sumOver((at) => at.full.reduce((sum, log, v) => sum + Math.exp(log) * (log - (at.pruned[v] ?? 0)), 0));
    return { loss: sumOver((at) => -(at.pruned[at.id] ?? NaN)), full: sumOver((at) => -(at.full[at.id] ?? NaN)), kl };
  }

  it('gives loss, change and divergence of every point as edited passes do', async () => {
    const points = pointsOf(await eventsOf(request()));
    expect(points).toHaveLength(3 * 11);
    for (const { units, loss, change, kl } of points.filter(({ draw }) => draw === null)) {
      const expected = await Promise.all(rows.map((ids) => byHand(ids, order.slice(0, units))));
      const mean = (value: (one: (typeof expected)[number]) => number) =>
        expected.reduce((total, one) => total + value(one), 0) / rows.reduce((total, ids) => total + ids.length - 1, 0);
      expect(loss.mean).toBeCloseTo(
        mean((one) => one.loss),
        5,
      );
      expect(change.mean).toBeCloseTo(
        mean((one) => one.loss - one.full),
        5,
      );
      expect(kl.mean).toBeCloseTo(
        mean((one) => one.kl),
        5,
      );
      expect(kl.n).toBe(4);
    }
  });

  it('says first what a quarter of the text says, and then the same as without', async () => {
    const [first, full, ...rest] = await eventsOf(request({ points: [2], draws: 0, glance: true }));
    const { loss, full: of, kl } = await byHand(rows[0] ?? [], order.slice(0, 2));
    const predicted = (rows[0]?.length ?? NaN) - 1;
    expect(first).toMatchObject({ kind: 'glance', units: 2, windows: 1, change: { n: 1 } });
    expect(first?.kind === 'glance' && first.change.mean).toBeCloseTo((loss - of) / predicted, 5);
    expect(first?.kind === 'glance' && first.kl.mean).toBeCloseTo(kl / predicted, 5);
    expect([full, ...rest]).toEqual(await eventsOf(request({ points: [2], draws: 0 })));
    const nothing = await eventsOf(request({ points: [0], draws: 0, glance: true }));
    expect(nothing.map(({ kind }) => kind)).toEqual(['full', 'point', 'progress']);
  });

  it('measures a task beside it', async () => {
    const prompts = scenePrompts(model, [8, 6]);
    const events = await eventsOf(request({ points: [0, 2], draws: 0 }), true);
    const edits = order.slice(0, 2).map(({ layer, index }) => ({
      ...{ site: 'z' as const, layers: [layer], heads: [index], operation: { kind: 'zero' as const } },
    }));
    const meanOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    const [clean, edited] = [
      await differencesByEdits(model, prompts, []),
      await differencesByEdits(model, prompts, edits),
    ];
    const [, last] = pointsOf(events);
    expect(last?.metric?.mean).toBeCloseTo(meanOf(edited), 4);
    expect(last?.metricChange?.mean).toBeCloseTo(meanOf(edited) - meanOf(clean), 4);
  });

  it('goes on after the points that are known, to the same numbers', async () => {
    const whole = pointsOf(await eventsOf(request()));
    const rest = pointsOf(await eventsOf(request({ done: 14 })));
    expect(rest).toEqual(whole.slice(14));
  });

  it('refuses a band of too few draws, and points beyond the order', async () => {
    await expect(eventsOf(request({ draws: 9 }))).rejects.toThrow('too few random orders');
    await expect(eventsOf(request({ points: [4] }))).rejects.toThrow('points of the curve');
    const kept = [{ layer: 0, index: 3 }];
    await expect(eventsOf(request({ kept }))).rejects.toThrow('a unit that goes and stays');
  });

  const plan = (changes: Partial<PlanRequest> = {}): PlanRequest => ({
    ...{ unit: 'kv-group', costs: null, order: null, minPerLayer: 1, budget: { kind: 'heads', atMost: 3 } },
    protection: { pinned: [], retrieval: [], induction: [] },
    ...{ rescore: { every: 1, share: 1 }, draws: 10, seed: 2 },
    ...changes,
  });
  async function planned(asked: PlanRequest): Promise<PlanEvent[]> {
    const events: PlanEvent[] = [];
    for await (const event of makePlan(model, sceneOf(), asked)) events.push(event);
    return events;
  }

  it('plans the cheapest group first, and draws the random plans always', async () => {
    const events = await planned(plan());
    const costs = events.find((event) => event.kind === 'costs')?.costs ?? [];
    const cheapest = [...costs].sort((a, b) => a.cost - b.cost)[0];
    const steps = events.filter((event) => event.kind === 'step');
    // Three heads are less than two groups of two.
    expect(steps).toHaveLength(1);
    expect(steps[0]?.unit).toEqual({ layer: cheapest?.layer, index: cheapest?.index });
    expect(steps[0]?.cumulative).toBeCloseTo(cheapest?.cost ?? NaN, 9);
    expect(events.filter((event) => event.kind === 'random')).toHaveLength(10);
    expect(events.find((event) => event.kind === 'plan')?.change.mean).toBeCloseTo(cheapest?.cost ?? NaN, 9);
  });

  it('keeps within a budget of bytes, weights or loss', async () => {
    const count = async (budget: PlanRequest['budget']) =>
      (await planned(plan({ budget }))).filter((event) => event.kind === 'step').length;
    // A group holds a key and a value of 10 numbers in float32, and 6 x 10 x 24 weights.
    expect(await count({ kind: 'kvBytes', atMost: 2 * 80 })).toBe(2);
    expect(await count({ kind: 'parameters', atMost: 2 * 6 * 10 * 24 - 1 })).toBe(1);
    expect(await count({ kind: 'loss', atMost: 100 })).toBe(2);
    await expect(planned(plan({ budget: { kind: 'heads', atMost: 1 } }))).rejects.toThrow('less than one unit');
  });

  it('goes by another criterion’s costs where they are given, for every unit', async () => {
    const costs = [3, 1, 0, 2].map((cost, i) => ({ layer: Math.floor(i / 2), index: i % 2, cost }));
    const events = await planned(plan({ costs, rescore: null, budget: { kind: 'heads', atMost: 4 } }));
    const steps = events.filter((event) => event.kind === 'step');
    expect(steps.map(({ unit }) => unitKey(unit))).toEqual(['1.0', '0.1']);
    await expect(planned(plan({ costs: costs.slice(1) }))).rejects.toThrow('a unit without a cost');
  });
});

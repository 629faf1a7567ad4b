import { describe, expect, it } from 'vitest';
import { checkGraph } from '../../../engine/graph/check.ts';
import type { Dense } from '../../../engine/graph/dense.ts';
import { evaluate } from '../../../engine/graph/evaluate.ts';
import { gradient, gradientName } from '../../../engine/graph/gradient.ts';
import { seededRandom } from '../../../engine/tensor/random.ts';
import { lossGraph } from '../../../sae/training/lossGraph.ts';
import type { DeadRemedy } from '../../../sae/training/trainingSettings.ts';
import { firstMoment, next, secondMoment, stepGraph } from '../../../sae/training/stepGraph.ts';
import { variants } from '../../../sae/variants/index.ts';
import { expectClose } from '../../graph/close.ts';
import { runGraph } from '../../graph/session.ts';
import type { PlanOptions } from '../plans.ts';
import { drawFeeds, planOf, small } from '../plans.ts';

const remedy = (kind: DeadRemedy): PlanOptions => ({
  training: { dead: { window: 9, remedy: kind, resampling: null } },
});

const cases: readonly (readonly [string, string, PlanOptions])[] = [
  ...variants.map(({ id }) => [id, id, {}] as const),
  ['topK with AuxK', 'topK', remedy({ kind: 'auxK', count: 3, weight: 0.5 })],
  ['standard with ghosts', 'standard', remedy({ kind: 'ghost', weight: 0.5 })],
  ['pursuit with push', 'matchingPursuit', remedy({ kind: 'push', weight: 0.5 })],
  ['archetypal', 'topK', { training: { decoder: { kind: 'archetypal', anchors: 4, relaxation: 0.2 } } }],
  ['frozen decoder', 'topK', { training: { frozen: ['W_dec'] } }],
];

describe('a step', () => {
  it.each(cases)('in ONNX Runtime is the step in float64: %s', async (_, id, options) => {
    const plan = planOf(id, options);
    const { graph } = stepGraph(plan);
    checkGraph(graph);
    const feeds = drawFeeds(graph, plan, seededRandom(5));
    const results = await runGraph(graph, feeds);
    for (const [name, value] of evaluate(graph, feeds)) expectClose(results.get(name), value, name, 1e-4, 1);
  });

  it('takes what would change the radius out of the gradient, clips, steps, and only then projects', () => {
    const plan = planOf('topK', { training: { constraint: 'sphere' } });
    const { graph } = stepGraph(plan);
    const feeds = drawFeeds(graph, plan, seededRandom(6));
    const results = evaluate(graph, feeds);
    const expected = stepByHand(plan, feeds);
    expect(results.get('gradientNorm')?.data[0]).toBeCloseTo(expected.norm, 10);
    const got = results.get(next('W_dec')) as Dense;
    got.data.forEach((value, i) => expect(value).toBeCloseTo(expected.decoder[i] as number, 10));
    for (const row of rowsOf(got)) expect(Math.hypot(...row)).toBeCloseTo(1, 12);
  });

  it('leaves rows within a ball alone and brings back those outside; free rows stay as the step left them', () => {
    const after = (constraint: 'free' | 'ball' | 'sphere') => {
      const plan = planOf('standard', { training: { constraint } });
      const { graph } = stepGraph(plan);
      return rowsOf(evaluate(graph, drawFeeds(graph, plan, seededRandom(10))).get(next('W_dec')) as Dense);
    };
    const [free, ball] = [after('free'), after('ball')];
    expect(free.some((row) => Math.hypot(...row) > 1) && free.some((row) => Math.hypot(...row) < 1)).toBe(true);
    free.forEach((row, i) => {
      const length = Math.max(1, Math.hypot(...row));
      row.forEach((value, d) => expect(ball[i]?.[d]).toBeCloseTo(value / length, 12));
    });
  });

  it('keeps mixtures of anchors convex and their relaxation short', () => {
    const plan = planOf('topK', { training: { decoder: { kind: 'archetypal', anchors: 4, relaxation: 0.2 } } });
    const { graph } = stepGraph(plan);
    const results = evaluate(graph, drawFeeds(graph, plan, seededRandom(8)));
    for (const row of rowsOf(results.get(next('mixing')) as Dense)) {
      expect(row.every((value) => value >= 0)).toBe(true);
      expect(row.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
    }
    for (const row of rowsOf(results.get(next('relaxation')) as Dense))
      expect(Math.hypot(...row)).toBeLessThan(0.2 + 1e-12);
    expect(results.has(next('anchors'))).toBe(false);
  });

  it('discrete: columns of the encoder have length 1, and the vectors of the decoder that its setting says', () => {
    for (const [unitDecoder, along] of [
      ['outputs', 'columns'],
      ['features', 'rows'],
    ] as const) {
      const plan = planOf('discrete', { settings: { unitDecoder } });
      const { graph } = stepGraph(plan);
      const results = evaluate(graph, drawFeeds(graph, plan, seededRandom(9)));
      const lengths = (name: string, of: 'rows' | 'columns') => {
        const rows = rowsOf(results.get(name) as Dense);
        const columns = Array.from({ length: rows[0]?.length ?? 0 }, (_, j) => rows.map((row) => row[j] as number));
        return (of === 'rows' ? rows : columns).map((vector) => Math.hypot(...vector));
      };
      for (const length of lengths(next('W_enc'), 'columns')) expect(length).toBeCloseTo(1, 12);
      for (const length of lengths(next('W_dec'), along)) expect(length).toBeCloseTo(1, 12);
    }
  });
});

function rowsOf({ axes, data }: Dense): number[][] {
  const width = axes.at(-1)?.size ?? 1;
  return Array.from({ length: data.length / width }, (_, i) => [...data.subarray(i * width, (i + 1) * width)]);
}

/** W_dec after the step and the gradient's length, computed weight by weight from the loss's gradient (spec E.2, E.3). */
function stepByHand(plan: ReturnType<typeof planOf>, feeds: ReadonlyMap<string, Dense>) {
  const names = ['W_enc', 'b_enc', 'W_dec', 'b_dec'];
  const raw = evaluate(gradient(lossGraph(plan).graph, 'loss', names), feeds);
  const slopes = new Map(names.map((name) => [name, [...(raw.get(gradientName(name)) as Dense).data]]));
  const decoder = [...(feeds.get('W_dec') as Dense).data];
  const slope = slopes.get('W_dec') as number[];
  for (let row = 0; row < small.features; row++) {
    const places = Array.from({ length: small.width }, (_, d) => row * small.width + d);
    const along = places.reduce((sum, at) => sum + (slope[at] as number) * (decoder[at] as number), 0);
    const square = places.reduce((sum, at) => sum + (decoder[at] as number) ** 2, 0);
    for (const at of places) slope[at] = (slope[at] as number) - (along / square) * (decoder[at] as number);
  }
  const norm = Math.hypot(...[...slopes.values()].flat());
  const factor = Math.min(1, 1 / (norm + 1e-6));
  const { betas, epsilon } = plan.training.optimiser;
  const moved = decoder.map((value, i) => {
    const at = (name: string) => (feeds.get(name) as Dense).data[i] as number;
    const g = factor * (slope[i] as number);
    const m = betas[0] * at(firstMoment('W_dec')) + (1 - betas[0]) * g;
    const v = betas[1] * at(secondMoment('W_dec')) + (1 - betas[1]) * g ** 2;
    return value - (0.01 * m * 1.25) / (Math.sqrt(v * 1.25) + epsilon);
  });
  const lengths = Array.from({ length: small.features }, (_, row) =>
    Math.hypot(...moved.slice(row * small.width, (row + 1) * small.width)),
  );
  return { norm, decoder: moved.map((value, i) => value / (lengths[Math.floor(i / small.width)] as number)) };
}

import { describe, expect, it } from 'vitest';
import { checkGraph } from '../../../engine/graph/check.ts';
import type { Dense } from '../../../engine/graph/dense.ts';
import { evaluate } from '../../../engine/graph/evaluate.ts';
import { gradient, gradientName } from '../../../engine/graph/gradient.ts';
import type { Definition, Graph } from '../../../engine/graph/graph.ts';
import type { Value } from '../../../engine/graph/value.ts';
import type { Random } from '../../../engine/tensor/random.ts';
import { seededRandom } from '../../../engine/tensor/random.ts';
import { prefixEnds } from '../../../sae/variants/matryoshka.ts';
import { variants } from '../../../sae/variants/index.ts';
import type { Plan } from '../../../sae/training/lossGraph.ts';
import { changing, lossGraph } from '../../../sae/training/lossGraph.ts';
import type { DeadRemedy } from '../../../sae/training/trainingSettings.ts';
import { drawFeeds, planOf, small, smallRows } from '../plans.ts';
import type { PlanOptions } from '../plans.ts';
import type { Gradients, Point } from './closedForms.ts';
import {
  auxKGradients,
  dot,
  gatedGradients,
  jumpGradients,
  matryoshkaGradients,
  pursuitGradients,
  read,
  selectedGradients,
  standardGradients,
} from './closedForms.ts';

type Feeds = ReadonlyMap<string, Dense>;

interface Drawn {
  readonly graph: Graph;
  readonly feeds: Feeds;
  readonly plan: Plan;
}

function draw(id: string, options: PlanOptions, seed: number): Drawn {
  const plan = planOf(id, options);
  const { graph } = lossGraph(plan);
  checkGraph(graph);
  return { graph, plan, feeds: drawFeeds(graph, plan, seededRandom(seed)) };
}

function gradientsOf({ graph, feeds, plan }: Drawn): Map<string, Float64Array> {
  const backward = gradient(graph, 'loss', changing(plan), { mayStretch: () => false });
  checkGraph(backward);
  const results = evaluate(backward, feeds);
  const read = (name: string) => Float64Array.from((results.get(gradientName(name)) as Dense).data);
  return new Map(changing(plan).map((name) => [name, read(name)] as const));
}

/** The largest difference as a share of the largest entry. */
function distance(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  const [a, b] = [Array.from(got), Array.from(expected)];
  expect(a.length).toBe(b.length);
  const scale = b.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
  return Math.max(...a.map((value, i) => Math.abs(value - (b[i] as number)) / scale));
}

/** The graph with every stopped value fed as it is at this point: what differences may move. */
function withHeldValues(graph: Graph, feeds: Feeds): { readonly graph: Graph; readonly feeds: Feeds } {
  const isHeld = (definition: Definition) => definition.kind === 'operation' && definition.primitive === 'stopGradient';
  const places = graph.definitions.flatMap((definition, id) => (isHeld(definition) ? [id] : []));
  const outputs = new Map(
    places.map((id) => [`held.${id}`, { id, type: (graph.definitions[id] as Definition).type }] as const),
  );
  const held = evaluate({ ...graph, outputs }, feeds);
  const definitions = graph.definitions.map((definition, id): Definition =>
    isHeld(definition) ? { kind: 'input', name: `held.${id}`, type: definition.type } : definition,
  );
  return { graph: { ...graph, definitions }, feeds: new Map([...feeds, ...held]) };
}

/** (L(w + h v) - L(w - h v)) / 2 h along a few directions v of a weight, with the stopped values held. */
function slopes({ graph, feeds }: Drawn, name: string, directions: readonly Float64Array[]): number[] {
  const h = 1e-5;
  const held = withHeldValues(graph, feeds);
  const loss = { ...held.graph, outputs: new Map([['loss', held.graph.outputs.get('loss') as Value]]) };
  const at = feeds.get(name) as Dense;
  const value = (direction: Float64Array, step: number): number => {
    const data = Float64Array.from(at.data, (entry, i) => entry + step * (direction[i] as number));
    return (evaluate(loss, new Map([...held.feeds, [name, { ...at, data }]])).get('loss') as Dense).data[0] as number;
  };
  return directions.map((direction) => (value(direction, h) - value(direction, -h)) / (2 * h));
}

/** Unit vectors, one of them along an axis. */
function directionsOf(length: number, random: Random): Float64Array[] {
  const axis = new Float64Array(length);
  axis[random.below(length)] = 1;
  const drawn = Array.from({ length: 3 }, () => Float64Array.from({ length }, () => random.normal()));
  return [axis, ...drawn.map((direction) => direction.map((value) => value / Math.hypot(...direction)))];
}

function pointOf({ feeds, plan }: Drawn): Point {
  const values = (name: string) => Float64Array.from((feeds.get(name) as Dense).data);
  return {
    x: read(values('x'), smallRows, small.width),
    weight: values,
    ...small,
    lambda: Number(plan.settings['sparsity'] ?? 0),
  };
}

const remedies: readonly DeadRemedy[] = [
  { kind: 'auxK', count: 1, weight: 0.5 },
  { kind: 'auxK', count: 3, weight: 0.5 },
  { kind: 'ghost', weight: 0.5 },
  { kind: 'push', weight: 0.5 },
];

/** Every variant, and what its settings and training can make of its loss. */
const cases: readonly (readonly [what: string, id: string, options: PlanOptions])[] = [
  ...variants.map(({ id }) => [id, id, {}] as const),
  ...variants.map(({ id }) => [`${id}, bias kept`, id, { subtractsBias: false }] as const),
  ['topK, share of the variance', 'topK', { training: { normalised: true } }],
  ['jumpReLU with a target', 'jumpReLU', { settings: { targetL0: 2 } }],
  ['matchingPursuit, held codes', 'matchingPursuit', { settings: { gradient: 'heldCodes' } }],
  [
    'matchingPursuit that stops',
    'matchingPursuit',
    { settings: { steps: 6, residualThreshold: 0.9, relativeThreshold: 0.2, stopsOnRepeat: true } },
  ],
  ['discrete with unit features', 'discrete', { settings: { unitDecoder: 'features' } }],
  ...remedies.map(
    (remedy) =>
      [
        `topK with ${JSON.stringify(remedy)}`,
        'topK',
        { training: { dead: { window: 9, remedy, resampling: null } } },
      ] as const,
  ),
  [
    'matchingPursuit with push',
    'matchingPursuit',
    { training: { dead: { window: 9, remedy: { kind: 'push', weight: 0.5 }, resampling: null } } },
  ],
  ['archetypal topK', 'topK', { training: { decoder: { kind: 'archetypal', anchors: 4, relaxation: 0.5 } } }],
];

describe('the gradient of every loss is that of central differences in float64, with stopped values held', () => {
  it.each(cases)('%s', (_, id, options) => {
    const [drawn, random] = [draw(id, options, 3), seededRandom(4)];
    for (const [name, got] of gradientsOf(drawn)) {
      // Steps have no derivative: what is used in its place is compared with its formula below.
      if (name === 'log_threshold') continue;
      const directions = directionsOf(got.length, random);
      const scale = Math.hypot(...got);
      slopes(drawn, name, directions).forEach((slope, i) => {
        const along = dot([...got], [...(directions[i] as Float64Array)]);
        expect(Math.abs(along - slope) / scale, `${name} ${along} ${slope}`).toBeLessThan(1e-6);
      });
    }
  });
});

describe('the gradient of every loss is the closed form of the specification (E.1)', () => {
  const expectForm = (drawn: Drawn, expected: Gradients) => {
    const got = gradientsOf(drawn);
    expect([...got.keys()].sort()).toEqual(Object.keys(expected).sort());
    for (const [name, form] of Object.entries(expected))
      expect(distance(got.get(name) as Float64Array, form), name).toBeLessThan(1e-10);
  };

  it.each([11, 12, 13])('standard, gated, topK, batchTopK, matryoshka, pursuit: seed %i', (seed) => {
    const of = (id: string, options: PlanOptions, form: (point: Point) => Gradients) => {
      const drawn = draw(id, options, seed);
      expectForm(drawn, form(pointOf(drawn)));
    };
    of('standard', {}, standardGradients);
    of('gated', {}, gatedGradients);
    of('topK', {}, (point) => selectedGradients(point, 3, 'sample'));
    of('topOne', {}, (point) => selectedGradients(point, 1, 'sample'));
    of('batchTopK', {}, (point) => selectedGradients(point, 15, 'batch'));
    const ends = prefixEnds(small.features, [0.25, 0.375]);
    expect(ends).toEqual([2, 5, 8]);
    of('matryoshka', {}, (point) => matryoshkaGradients(point, 18, ends));
    of('matchingPursuit', {}, (point) => pursuitGradients(point, 4, false));
    of('matchingPursuit', { settings: { gradient: 'heldCodes' } }, (point) => pursuitGradients(point, 4, true));
  });

  it.each([21, 22, 23])('jumpReLU, with thresholds by their pseudo-derivatives: seed %i', (seed) => {
    const cases = [0, 2].flatMap((targetL0) => [0, 0.5].map((bandwidth) => ({ targetL0, bandwidth })));
    for (const settings of cases) {
      const drawn = draw('jumpReLU', { settings }, seed);
      const form = jumpGradients(pointOf(drawn), settings.bandwidth, settings.targetL0);
      expect(form['log_threshold']?.some((value) => value !== 0)).toBe(true);
      expectForm(drawn, form);
    }
  });

  it.each([31, 32])('AuxK, with its target and denominator held: seed %i', (seed) => {
    const dead = new Set([small.features - 2, small.features - 1]);
    const auxiliary = { dead, count: 1, alpha: 0.5 };
    const remedy = { kind: 'auxK', count: 1, weight: 0.5 } as const;
    const drawn = draw('topK', { training: { dead: { window: 9, remedy, resampling: null } } }, seed);
    const point = pointOf(drawn);
    const [main, added] = [selectedGradients(point, 3, 'sample'), auxKGradients(point, 3, auxiliary)];
    const sum = (name: string) => main[name]?.map((value, i) => value + (added[name]?.[i] ?? NaN)) ?? [];
    expectForm(drawn, Object.fromEntries(Object.keys(main).map((name) => [name, sum(name)])));
  });
});

/** Steps by lists of codes against the same steps as a graph. */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../engine/tensor/random.ts';
import type { DictionaryState } from '../../../sae/training/dictionaryState.ts';
import { startDictionaryState } from '../../../sae/training/dictionaryState.ts';
import { DictionaryStep } from '../../../sae/training/dictionaryStep.ts';
import type { Plan } from '../../../sae/training/lossGraph.ts';
import { SelectionStep } from '../../../sae/training/selectionStep.ts';
import { startWeights } from '../../../sae/training/startWeights.ts';
import type { PlanOptions } from '../plans.ts';
import { planOf } from '../plans.ts';

const rate = { kind: 'constant', peak: 0.01, warmup: 0, floor: 1 } as const;
const rows = 30;
const size = { width: 12, features: 24 };
/** Of ReLU codes lists hold few. */
const manyFeatures = { width: 12, features: 96 };
const auxK = (count: number) =>
  ({ window: 500, remedy: { kind: 'auxK', count, weight: 0.5 }, resampling: null }) as const;

function plan(variant: string, { training, ...rest }: PlanOptions = {}): Plan {
  return planOf(variant, { size, ...rest, training: { rows, rate, ...training } });
}

function drawn(seed: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: rows * size.width }, () => random.normal() + 0.2);
}

async function start(of: Plan, deadFeatures = 6): Promise<DictionaryState> {
  const weights = await startWeights(of, { width: size.width, data: drawn(9) }, seededRandom(1));
  // ReLU codes go by lists where few are active.
  if (of.variant.id === 'standard') weights.get('b_enc')?.fill(-2);
  const { features } = of.size;
  const state = startDictionaryState(weights, features);
  const { window } = of.training.dead;
  // Adam makes a whole step of a gradient that is nothing but rounding, unless it saw larger ones before.
  const second = new Map([...state.second].map(([name, values]) => [name, values.map(() => 1e-3)] as const));
  return {
    ...state,
    second,
    sinceFired: state.sinceFired.map((_, i) => (i < features - deadFeatures ? 0 : window)),
  };
}

function largestGap(a: ReadonlyMap<string, Float32Array>, b: ReadonlyMap<string, Float32Array>): number {
  const gaps = [...a].flatMap(([name, values]) => {
    const others = b.get(name) as Float32Array;
    return Array.from(values, (value, i) => Math.abs(value - (others[i] as number)));
  });
  return Math.max(...gaps);
}

describe('a step by lists of codes', () => {
  it.each<readonly [string, Plan]>([
    ['TopK', plan('topK')],
    ['TopK of every feature', plan('topK', { settings: { k: 24 } })],
    ['TopK as a share of the variance', plan('topK', { training: { normalised: true } })],
    ['TopK with dead features', plan('topK', { training: { dead: auxK(4), normalised: true } })],
    ['TopK with fewer dead features than are ranked', plan('topK', { training: { dead: auxK(20) } })],
    ['the bias left in the input', plan('topK', { subtractsBias: false, training: { dead: auxK(4) } })],
    ['free rows', plan('topK', { training: { constraint: 'free' } })],
    ['rows in the ball', plan('topK', { training: { constraint: 'ball' } })],
    ['a frozen decoder', plan('topK', { training: { frozen: ['W_dec'] } })],
    ['frozen biases', plan('topK', { training: { frozen: ['b_dec', 'b_enc'] } })],
    [
      'weight decay, and clipping',
      plan('topK', { training: { optimiser: { betas: [0.9, 0.99], epsilon: 1e-8, weightDecay: 0.1, clip: 0.5 } } }),
    ],
    [
      'no clipping',
      plan('topK', { training: { optimiser: { betas: [0, 0.9], epsilon: 1e-8, weightDecay: 0, clip: null } } }),
    ],
    ['one code', plan('topOne')],
    ['sparse ReLU codes', plan('standard', { size: manyFeatures })],
    [
      'sparse ReLU codes, weight of sparsity rising',
      plan('standard', { size: manyFeatures, training: { sparsityWarmup: 4 } }),
    ],
    [
      'sparse ReLU codes as a share of the variance',
      plan('standard', { size: manyFeatures, training: { normalised: true } }),
    ],
    ['sparse ReLU codes with dead features', plan('standard', { size: manyFeatures, training: { dead: auxK(4) } })],
    ['sparse ReLU codes, a frozen decoder', plan('standard', { size: manyFeatures, training: { frozen: ['W_dec'] } })],
    [
      'sparse ReLU codes, rows on the sphere',
      plan('standard', { size: manyFeatures, training: { constraint: 'sphere' } }),
    ],
    ['BatchTopK', plan('batchTopK')],
    ['BatchTopK with dead features', plan('batchTopK', { training: { dead: auxK(4), normalised: true } })],
  ])('is that of the graph: %s', async (_, asked) => {
    expect(SelectionStep.takes(asked)).toBe(true);
    const [lists, graph] = [await SelectionStep.create(asked), await DictionaryStep.create(asked)];
    let state = await start(asked);
    for (let step = 0; step < 3; step++) {
      const found = await lists.run(asked, state, drawn(step));
      const wanted = await graph.run(asked, state, drawn(step));
      for (const part of ['weights', 'first', 'second'] as const) {
        expect(largestGap(found.state[part], wanted.state[part]), part).toBeLessThan(2e-5);
      }
      const { state: next } = wanted;
      expect(found.report.l0).toBeGreaterThan(0);
      expect(found.state.sinceFired).toEqual(next.sinceFired);
      expect(found.state.density).toEqual(next.density);
      for (const [name, value] of next.tracked) expect(found.state.tracked.get(name)).toBeCloseTo(value, 5);
      const { parts, ...numbers } = wanted.report;
      for (const [name, value] of Object.entries(numbers))
        expect(found.report[name as keyof typeof numbers], name).toBeCloseTo(value, 4);
      for (const [name, value] of Object.entries(parts))
        expect(found.report.parts[name as keyof typeof parts] ?? 0, name).toBeCloseTo(value ?? 0, 4);
      state = next;
    }
    await lists.release();
    await graph.release();
  });

  it('goes on from its own states as from copies of them', async () => {
    const asked = plan('topK', { training: { dead: auxK(4) } });
    const steps = await SelectionStep.create(asked);
    let [own, copied] = [await start(asked), await start(asked)];
    for (let step = 0; step < 4; step++) {
      ({ state: own } = await steps.run(asked, own, drawn(step)));
      ({ state: copied } = await steps.run(asked, { ...copied }, drawn(step)));
    }
    expect({ ...own }).toEqual({ ...copied });
    await steps.release();
  });

  it('gives a state that can be read until the next step, and says so after it', async () => {
    const asked = plan('topK');
    const steps = await SelectionStep.create(asked);
    const { state: unread } = await steps.run(asked, await start(asked), drawn(0));
    const { state: read } = await steps.run(asked, unread, drawn(1));
    const weights = read.weights;
    const before = [...(weights.get('W_dec') as Float32Array)];
    await steps.run(asked, read, drawn(2));
    expect([...(read.weights.get('W_dec') as Float32Array)]).toEqual(before);
    expect(() => unread.weights).toThrow('read after the next step');
    await steps.release();
  });

  it.each<readonly [string, Plan]>([
    ['another kind', plan('gated')],
    [
      'a push of dead features',
      plan('topK', { training: { dead: { window: 9, remedy: { kind: 'push', weight: 1 }, resampling: null } } }),
    ],
    ['mixtures of anchors', plan('topK', { training: { decoder: { kind: 'archetypal', anchors: 4, relaxation: 1 } } })],
    ['rows that are no whole vectors', { ...plan('topK'), size: { width: 10, features: 24 } }],
  ])('is left to the graph: %s', (_, asked) => {
    expect(SelectionStep.takes(asked)).toBe(false);
  });
});

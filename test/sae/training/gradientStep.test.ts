/** Steps whose update is done by kernels against the same steps as one graph. */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../engine/tensor/random.ts';
import type { DictionaryState } from '../../../sae/training/dictionaryState.ts';
import { startDictionaryState } from '../../../sae/training/dictionaryState.ts';
import { DictionaryStep } from '../../../sae/training/dictionaryStep.ts';
import type { Plan } from '../../../sae/training/lossGraph.ts';
import { GradientStep } from '../../../sae/training/gradientStep.ts';
import type { DeadRemedy } from '../../../sae/training/trainingSettings.ts';
import { startWeights } from '../../../sae/training/startWeights.ts';
import type { PlanOptions } from '../plans.ts';
import { planOf } from '../plans.ts';

const rate = { kind: 'constant', peak: 0.01, warmup: 0, floor: 1 } as const;
const rows = 30;
const size = { width: 12, features: 24 };

const dead = (remedy: DeadRemedy) => ({ window: 500, remedy, resampling: null });

function plan(variant: string, { training, ...rest }: PlanOptions = {}): Plan {
  return planOf(variant, { size, ...rest, training: { rows, rate, ...training } });
}

function drawn(seed: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: rows * size.width }, () => random.normal() + 0.2);
}

async function start(of: Plan, deadFeatures = 6): Promise<DictionaryState> {
  const weights = await startWeights(of, { width: size.width, data: drawn(9) }, seededRandom(1));
  const state = startDictionaryState(weights, size.features);
  const { window } = of.training.dead;
  // Adam makes a whole step of a gradient that is nothing but rounding, unless it saw larger ones before.
  const second = new Map([...state.second].map(([name, values]) => [name, values.map(() => 1e-3)] as const));
  return {
    ...state,
    second,
    sinceFired: state.sinceFired.map((_, i) => (i < size.features - deadFeatures ? 0 : window)),
  };
}

function largestGap(a: ReadonlyMap<string, Float32Array>, b: ReadonlyMap<string, Float32Array>): number {
  const gaps = [...a].flatMap(([name, values]) => {
    const others = b.get(name) as Float32Array;
    return Array.from(values, (value, i) => Math.abs(value - (others[i] as number)));
  });
  return Math.max(...gaps);
}

describe('a step with its update in place', () => {
  it.each<readonly [string, Plan]>([
    ['ReLU and L1', plan('standard')],
    ['gated', plan('gated')],
    ['JumpReLU', plan('jumpReLU')],
    ['Matryoshka', plan('matryoshka')],
    ['a vector quantiser', plan('vectorQuantised')],
    ['rows on the sphere', plan('standard', { training: { constraint: 'sphere' } })],
    ['rows in the ball', plan('jumpReLU', { training: { constraint: 'ball' } })],
    ['a frozen decoder', plan('standard', { training: { frozen: ['W_dec'] } })],
    ['a push of dead features', plan('standard', { training: { dead: dead({ kind: 'push', weight: 0.5 }) } })],
    ['ghosts of dead features', plan('standard', { training: { dead: dead({ kind: 'ghost', weight: 1 }) } })],
    [
      'weight decay, and clipping',
      plan('gated', { training: { optimiser: { betas: [0.9, 0.99], epsilon: 1e-8, weightDecay: 0.1, clip: 0.5 } } }),
    ],
  ])('is that of the graph: %s', async (_, asked) => {
    expect(GradientStep.takes(asked)).toBe(true);
    const [kernels, graph] = [await GradientStep.create(asked), await DictionaryStep.create(asked)];
    let state = await start(asked);
    for (let step = 0; step < 3; step++) {
      const found = await kernels.run(asked, state, drawn(step));
      const wanted = await graph.run(asked, state, drawn(step));
      for (const part of ['weights', 'first', 'second'] as const) {
        expect(largestGap(found.state[part], wanted.state[part]), part).toBeLessThan(2e-5);
      }
      const { state: next } = wanted;
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
    await kernels.release();
    await graph.release();
  });

  it('goes on from its own states as from copies of them', async () => {
    const asked = plan('gated');
    const steps = await GradientStep.create(asked);
    let [own, copied] = [await start(asked), await start(asked)];
    for (let step = 0; step < 4; step++) {
      ({ state: own } = await steps.run(asked, own, drawn(step)));
      ({ state: copied } = await steps.run(asked, { ...copied }, drawn(step)));
    }
    expect({ ...own }).toEqual({ ...copied });
    await steps.release();
  });

  it.each<readonly [string, Plan]>([
    ['columns of the encoder on a sphere', plan('discrete')],
    ['mixtures of anchors', plan('topK', { training: { decoder: { kind: 'archetypal', anchors: 4, relaxation: 1 } } })],
    ['rows that are no whole vectors', { ...plan('standard'), size: { width: 10, features: 24 } }],
  ])('is left to the graph: %s', (_, asked) => {
    expect(GradientStep.takes(asked)).toBe(false);
  });
});

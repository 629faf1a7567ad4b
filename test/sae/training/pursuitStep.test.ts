/** The kernels' step against the same step as a graph. */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../engine/tensor/random.ts';
import type { DictionaryState } from '../../../sae/training/dictionaryState.ts';
import { startDictionaryState } from '../../../sae/training/dictionaryState.ts';
import type { StepReport } from '../../../sae/training/dictionaryStep.ts';
import { DictionaryStep } from '../../../sae/training/dictionaryStep.ts';
import type { Plan } from '../../../sae/training/lossGraph.ts';
import { PursuitStep } from '../../../sae/training/pursuitStep.ts';
import { Judge } from '../../../sae/training/resample.ts';
import { startWeights } from '../../../sae/training/startWeights.ts';
import type { PlanOptions } from '../plans.ts';
import { planOf } from '../plans.ts';

const rate = { kind: 'constant', peak: 0.01, warmup: 0, floor: 1 } as const;
const rows = 30;
const size = { width: 10, features: 19 };

function plan({ settings, training }: PlanOptions = {}): Plan {
  return planOf('matchingPursuit', {
    size,
    settings: { steps: 5, ...settings },
    training: { rows, rate, ...training },
  });
}

function drawn(seed: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: rows * size.width }, () => random.normal());
}

async function start(of: Plan): Promise<DictionaryState> {
  const weights = await startWeights(of, { width: size.width, data: drawn(9) }, seededRandom(1));
  const state = startDictionaryState(weights, size.features);
  // The last three are dead.
  return {
    ...state,
    sinceFired: state.sinceFired.map((_, i) => (i < size.features - 3 ? 0 : of.training.dead.window)),
  };
}

/** What a step saw, part by part of the loss. */
function numbersOf({ parts, ...numbers }: StepReport): Readonly<Record<string, number>> {
  const known = Object.entries(parts).filter((part): part is [string, number] => part[1] !== null);
  return { ...numbers, ...Object.fromEntries(known) };
}

function largestGap(a: ReadonlyMap<string, Float32Array>, b: ReadonlyMap<string, Float32Array>): number {
  const gaps = [...a].flatMap(([name, values]) => {
    const others = b.get(name) as Float32Array;
    return Array.from(values, (value, i) => Math.abs(value - (others[i] as number)));
  });
  return Math.max(...gaps);
}

describe('a step of matching pursuit by kernels', () => {
  it.each<readonly [string, PlanOptions]>([
    ['as it is by default', {}],
    ['free rows', { training: { constraint: 'free' } }],
    ['on the sphere', { training: { constraint: 'sphere' } }],
    ['codes held', { settings: { gradient: 'heldCodes' } }],
    ['thresholds', { settings: { residualThreshold: 1.5, relativeThreshold: 0.2 } }],
    ['a stop at repeats', { settings: { steps: 12, stopsOnRepeat: true } }],
    ['a frozen decoder', { training: { frozen: ['W_dec'] } }],
    ['a frozen bias', { training: { frozen: ['b_dec'] } }],
    [
      'a push of dead atoms',
      { training: { dead: { window: 500, remedy: { kind: 'push', weight: 0.5 }, resampling: null } } },
    ],
    ['weight decay', { training: { optimiser: { betas: [0.9, 0.99], epsilon: 1e-8, weightDecay: 0.1, clip: 0.5 } } }],
  ])('is that of the graph: %s', async (_, options) => {
    const asked = plan(options);
    expect(PursuitStep.takes(asked)).toBe(true);
    const [kernels, graph] = [await PursuitStep.create(asked), await DictionaryStep.create(asked)];
    let state = await start(asked);
    for (let step = 0; step < 3; step++) {
      const [found, wanted] = [
        await kernels.run(asked, state, drawn(step)),
        await graph.run(asked, state, drawn(step)),
      ];
      for (const part of ['weights', 'first', 'second'] as const) {
        expect(largestGap(found.state[part], wanted.state[part]), part).toBeLessThan(2e-5);
      }
      const { state: next } = wanted;
      expect(found.state.sinceFired).toEqual(next.sinceFired);
      expect(found.state.density).toEqual(next.density);
      for (const [name, value] of Object.entries(numbersOf(wanted.report))) {
        expect(numbersOf(found.report)[name] ?? NaN, name).toBeCloseTo(value, 4);
      }
      state = next;
    }
    await kernels.release();
    await graph.release();
  });

  it('judges rows as the graph does', async () => {
    const asked = plan();
    const [kernels, judge] = [await PursuitStep.create(asked), await Judge.create(asked)];
    const [{ weights }, batch] = [await start(asked), { width: size.width, data: drawn(4) }];
    const [found, wanted] = [await kernels.judge(weights, batch), await judge.judge(weights, batch)];
    found.errors.forEach((error, row) => expect(error).toBeCloseTo(wanted.errors[row] as number, 4));
    found.reconstruction.forEach((value, i) => expect(value).toBeCloseTo(wanted.reconstruction[i] as number, 4));
    await kernels.release();
    await judge.release();
  });

  it.each<readonly [string, Plan]>([
    ['another kind', planOf('topK')],
    ['an error that counts as a share of the variance', plan({ training: { normalised: true } })],
    ['mixtures of anchors', plan({ training: { decoder: { kind: 'archetypal', anchors: 4, relaxation: 1 } } })],
    ['a bias that is not taken from the input', { ...plan(), subtractsBias: false }],
    ['a Gram matrix that would be most of the work', { ...plan(), size: { width: 64, features: 8192 } }],
  ])('is left to the graph: %s', (_, asked) => {
    expect(PursuitStep.takes(asked)).toBe(false);
  });
});

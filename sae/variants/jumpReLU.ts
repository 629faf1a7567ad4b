/** JumpReLU: a learned threshold a feature, trained with pseudo-derivatives through the steps (spec C.5). */
import type { GraphBuilder } from '../../engine/graph/builder.ts';
import type { Value } from '../../engine/graph/value.ts';
import { Fault } from '../../engine/terms/fault.ts';
import type { ValuesOf } from '../../engine/terms/settings.ts';
import type { WeightName } from '../dictionary.ts';
import { decode, kept, plainNames, plainWeights, preActivations, squaredError, trainedWeight } from './pieces.ts';
import type { DictionarySize, Start, Variant } from './variant.ts';

const settings = {
  sparsity: {
    kind: 'number',
    title: 'L0 weight',
    about:
      'what the L0 term is multiplied with, beside an error that is a share of the variance; without a target 1e-3 is much',
    default: 1,
    range: [0, Infinity],
  },
  targetL0: {
    kind: 'number',
    title: 'target L0',
    about: 'the penalty is (L0 / target - 1)^2; 0: the penalty is L0 itself',
    default: 32,
    range: [0, Infinity],
  },
  bandwidth: {
    kind: 'number',
    title: 'bandwidth',
    about:
      'width of the window around a threshold in which a pre-activation moves it; 0: as wide as the threshold is high',
    default: 0,
    range: [0, Infinity],
  },
  startThreshold: {
    kind: 'number',
    title: 'threshold at the start',
    about: 'of every feature; 0: such that a multiple of the target is active',
    default: 0,
    range: [0, Infinity],
  },
  startActive: {
    kind: 'number',
    title: 'active at the start',
    about: 'times the target, of rows that training begins with; without a target times a 32nd of the features',
    default: 4,
    range: [1, Infinity],
  },
} as const;

interface Jump {
  readonly codes: Value;
  /** [B F]: [p > theta], whose pseudo-derivative flows to theta only. */
  readonly active: Value;
}

/**
 * f = p [p > theta] with K(a) = [|a| < 1/2]: df/dp = [p > theta], df/dtheta = -(theta / eps) K((p - theta) / eps),
 * d[p > theta]/dtheta = -(1 / eps) K((p - theta) / eps), and nothing from the step to p (Rajamanoharan et al. 2024b, eq. 11 and 12).
 * Where no width is given eps = theta, held: rows of any length then move log theta alike.
 */
function jump(g: GraphBuilder, p: Value, threshold: Value, bandwidth: number): Jump {
  const above = g.subtract(g.stopGradient(p), threshold);
  const active =
    bandwidth > 0
      ? g.step(above, { rectangleWidth: bandwidth })
      : g.step(g.divide(above, g.stopGradient(threshold)), { rectangleWidth: 1 });
  const held = g.stopGradient(active);
  // Adds 0, and the slope theta d[p > theta].
  const moved = g.multiply(g.stopGradient(threshold), g.subtract(active, held));
  return { codes: g.add(g.multiply(p, held), moved), active };
}

function penalty(g: GraphBuilder, active: Value, target: number): Value {
  const l0 = g.mean(g.sum(active, 'F'), 'B');
  return target === 0 ? l0 : g.power(g.subtract(g.multiply(l0, 1 / target), 1), 2);
}

/** Thresholds far below the pre-activations let most features fire, and take most of a training to rise. */
function thresholdStart({ features }: DictionarySize, chosen: ValuesOf<typeof settings>): Start {
  const { startThreshold, startActive, targetL0 } = chosen;
  if (startThreshold > 0) return { kind: 'constant', value: Math.log(startThreshold) };
  return { kind: 'logThreshold', active: startActive * (targetL0 === 0 ? features / 32 : targetL0) };
}

export const jumpReLU: Variant<typeof settings> = {
  id: 'jumpReLU',
  title: 'JumpReLU',
  about: 'A pre-activation counts in full above its feature’s threshold and not at all below; thresholds are learned.',
  source: 'Rajamanoharan et al. 2024b, eq. 9 to 12',
  settings,
  constraint: 'sphere',
  normalised: true,
  revival: 'input',
  weights: (size, chosen) => [
    ...plainWeights(),
    { name: 'log_threshold', axes: 'F', start: thresholdStart(size, chosen) },
  ],
  check: ({ features }, { targetL0 }, where) => {
    if (targetL0 <= features) return;
    const expected = `at most F = ${features}`;
    throw new Fault({ what: 'target L0 is above the dictionary', where, expected, got: String(targetL0) });
  },
  // L = (1/B) sum |x^ - x|^2 + lambda L0, or + lambda (L0 / target - 1)^2; theta = e^log_threshold
  loss(g, input) {
    const { bandwidth, targetL0 } = input.settings;
    const p = preActivations(g, input);
    const { codes, active } = jump(g, p, g.exp(input.weight('log_threshold')), bandwidth);
    const reconstruction = decode(g, codes, input.weight);
    return {
      codes,
      reconstruction,
      preActivations: p,
      parts: {
        reconstruction: squaredError(g, reconstruction, input.x),
        sparsity: g.multiply(input.sparsity, penalty(g, active, targetL0)),
      },
      tracked: new Map(),
    };
  },
  inference(trained) {
    const threshold = trainedWeight(trained.weights, 'log_threshold').map(Math.exp);
    const weights = new Map<WeightName, Float32Array>([...kept(trained, plainNames), ['threshold', threshold]]);
    return { encoder: { kind: 'jumpReLU' }, weights };
  },
};

/** Matching pursuit: codes by greedy projection, one dictionary to pick with and to reconstruct with (spec A). */
import type { GraphBuilder } from '../../engine/graph/builder.ts';
import type { Value } from '../../engine/graph/value.ts';
import { decoderWeights, encoderInput, kept, meanOfSquares } from './pieces.ts';
import type { Variant } from './variant.ts';

const settings = {
  steps: {
    kind: 'number',
    title: 'steps',
    about: 'picks for a sample, at most',
    default: 16,
    range: [1, 4096],
    whole: true,
  },
  residualThreshold: {
    kind: 'number',
    title: 'residual threshold',
    about: 'a sample stops once its residual is shorter than this',
    default: 0,
    range: [0, Infinity],
  },
  relativeThreshold: {
    kind: 'number',
    title: 'relative threshold',
    about: 'a sample stops once its residual has less than this share of its square',
    default: 0,
    range: [0, 1],
  },
  stopsOnRepeat: {
    kind: 'flag',
    title: 'stop at a repeat',
    about: 'a sample stops after a feature was picked again',
    default: false,
  },
  gradient: {
    kind: 'choice',
    title: 'gradient',
    about: 'through the whole pursuit, or with its coefficients held (cheaper, and worse on the toy tree)',
    default: 'full',
    choices: ['full', 'heldCodes'],
  },
} as const;

export interface Pursuit {
  /** [B F] */
  readonly codes: Value;
  /** [B D]: c less what the codes reconstruct. */
  readonly residual: Value;
}

export interface PursuitRule {
  readonly steps: number;
  readonly residualThreshold: number;
  readonly relativeThreshold: number;
  readonly stopsOnRepeat: boolean;
  readonly holdsCodes: boolean;
}

/**
 * r_0 = c; at each step j = argmax_i r . d_i, s = max(r . d_j, 0), f_j += s, r -= s d_j (Costa et al. 2025, algorithm 1,
 * with negative picks left out). Choices are held; everything else is differentiated, through all residuals.
 */
export function pursue(g: GraphBuilder, input: Value, decoder: Value, features: number, rule: PursuitRule): Pursuit {
  let residual = input;
  let codes: Value | null = null;
  // [B]: 1 while a sample goes on; null: all do.
  let goesOn: Value | null = null;
  const least = leastSquare(g, input, rule);
  for (let step = 0; step < rule.steps; step++) {
    const scores = g.contract(g.stopGradient(residual), g.stopGradient(decoder), 'B F');
    const picked = g.argMax(scores, 'F');
    const atom = g.gather(decoder, picked, 'F');
    const coefficient = scaled(g, g.relu(g.contract(residual, atom, 'B')), goesOn);
    const taken = rule.holdsCodes ? g.stopGradient(coefficient) : coefficient;
    const chosen = g.oneHot(picked, 'F', features);
    if (rule.stopsOnRepeat && codes !== null) goesOn = both(g, goesOn, isNew(g, codes, chosen));
    const added = g.multiply(chosen, taken);
    codes = codes === null ? added : g.add(codes, added);
    residual = g.subtract(residual, g.multiply(atom, taken));
    if (least !== null) goesOn = both(g, goesOn, isLong(g, residual, least));
  }
  if (codes === null) throw new RangeError('matching pursuit: expected at least one step, got none');
  return { codes, residual };
}

/** [B] the square of a residual below which a sample stops; null: none. */
function leastSquare(g: GraphBuilder, input: Value, rule: PursuitRule): Value | null {
  const { residualThreshold, relativeThreshold } = rule;
  if (residualThreshold === 0 && relativeThreshold === 0) return null;
  const relative = g.multiply(squareOf(g, input), relativeThreshold);
  return g.maximum(relative, residualThreshold ** 2);
}

function squareOf(g: GraphBuilder, residual: Value): Value {
  return g.sum(g.power(g.stopGradient(residual), 2), 'D');
}

function isLong(g: GraphBuilder, residual: Value, least: Value): Value {
  return g.subtract(1, g.toFloat(g.less(squareOf(g, residual), least)));
}

/** The repeated update itself is made; then the sample rests. */
function isNew(g: GraphBuilder, codes: Value, chosen: Value): Value {
  const before = g.sum(g.multiply(g.stopGradient(codes), chosen), 'F');
  return g.subtract(1, g.toFloat(g.less(0, before)));
}

function both(g: GraphBuilder, a: Value | null, b: Value): Value {
  return a === null ? b : g.multiply(a, b);
}

function scaled(g: GraphBuilder, coefficient: Value, goesOn: Value | null): Value {
  return goesOn === null ? coefficient : g.multiply(coefficient, goesOn);
}

export const matchingPursuit: Variant<typeof settings> = {
  id: 'matchingPursuit',
  title: 'Matching pursuit',
  about:
    'Features are picked one after another, each for what those before it left over: made for features that share directions.',
  source: 'Costa et al. 2025, algorithm 1',
  settings,
  constraint: 'ball',
  normalised: false,
  revival: 'residual',
  weights: decoderWeights,
  // L = (1/B) sum |r_T|^2
  loss(g, input) {
    const rule = { ...input.settings, holdsCodes: input.settings.gradient === 'heldCodes' };
    const { codes, residual } = pursue(g, encoderInput(g, input), input.weight('W_dec'), input.size.features, rule);
    // What the codes reconstruct is c - r_T, and b_dec comes back whether or not it was taken away.
    const offset = input.subtractsBias ? residual : g.subtract(residual, input.weight('b_dec'));
    return {
      codes,
      reconstruction: g.subtract(input.x, offset),
      preActivations: null,
      parts: { reconstruction: meanOfSquares(g, offset) },
      tracked: new Map(),
    };
  },
  inference: (trained, _, { steps, residualThreshold, relativeThreshold, stopsOnRepeat }) => ({
    encoder: { kind: 'matchingPursuit', steps, residualThreshold, relativeThreshold, stopsOnRepeat },
    weights: kept(trained, ['W_dec', 'b_dec']),
  }),
};

/** Matryoshka: the first features alone must reconstruct too, so that what is general comes first (spec C.6). */
import type { GraphBuilder } from '../../engine/graph/builder.ts';
import type { Value } from '../../engine/graph/value.ts';
import { Fault } from '../../engine/terms/fault.ts';
import { selectFromBatch, thresholdInference } from './batchTopK.ts';
import { plainWeights, squaredError } from './pieces.ts';
import { checkK } from './topK.ts';
import type { DictionarySize, LossInput, Variant } from './variant.ts';

const settings = {
  k: {
    kind: 'number',
    title: 'k',
    about: 'codes of a sample that are not 0, on average over a batch',
    default: 32,
    range: [1, Infinity],
  },
  fractions: {
    kind: 'list',
    title: 'parts',
    about: 'shares of the features that each part adds to the one before; what is left is the last part',
    default: [1 / 32, 1 / 16, 1 / 8, 1 / 4],
    range: [0, 1],
  },
} as const;

/** Where each part ends: F_1 < F_2 < .. < F_M = F. */
export function prefixEnds(features: number, fractions: readonly number[]): number[] {
  const ends: number[] = [];
  let share = 0;
  for (const fraction of fractions) {
    share += fraction;
    ends.push(Math.round(share * features));
  }
  return [...new Set([...ends.filter((end) => end > 0 && end < features), features])];
}

/** y_m = b_dec + sum of f_i d_i over the features up to F_m, m = 1 .. M. */
function prefixReconstructions(
  g: GraphBuilder,
  codes: Value,
  { weight }: Pick<LossInput, 'weight'>,
  ends: readonly number[],
): Value[] {
  let running = weight('b_dec');
  return ends.map((end, m) => {
    const from = ends[m - 1] ?? 0;
    const part = g.contract(g.slice(codes, 'F', from, end), g.slice(weight('W_dec'), 'F', from, end), 'B D');
    running = g.add(part, running);
    return running;
  });
}

function checkFractions({ features }: DictionarySize, fractions: readonly number[], where: string): void {
  const total = fractions.reduce((sum, fraction) => sum + fraction, 0);
  if (total < 1 && prefixEnds(features, fractions).length > 1) return;
  const expected = 'shares that add up to less than 1, with at least one feature in the first part';
  throw new Fault({ what: 'parts of a Matryoshka dictionary', where, expected, got: fractions.join(', ') });
}

export const matryoshka: Variant<typeof settings> = {
  id: 'matryoshka',
  title: 'Matryoshka (BatchTopK)',
  about:
    'Nested prefixes of the dictionary each reconstruct, which keeps general features from being split up by special ones.',
  source: 'Bussmann et al. 2025, eq. 5 and 6, with equal weights',
  settings,
  constraint: 'sphere',
  normalised: true,
  revival: 'input',
  weights: plainWeights,
  check(size, { k, fractions }, where) {
    checkK(size, k, where);
    checkFractions(size, fractions, where);
  },
  // L = (1/M) sum over m of (1/B) sum |y_m - x|^2
  loss(g, input) {
    const selection = selectFromBatch(g, input, input.settings.k);
    const ends = prefixEnds(input.size.features, input.settings.fractions);
    const prefixes = prefixReconstructions(g, selection.codes, input, ends);
    const total = prefixes.map((y) => squaredError(g, y, input.x)).reduce((sum, error) => g.add(sum, error));
    const reconstruction = prefixes.at(-1) as Value;
    return { ...selection, reconstruction, parts: { reconstruction: g.multiply(total, 1 / prefixes.length) } };
  },
  inference: thresholdInference,
};

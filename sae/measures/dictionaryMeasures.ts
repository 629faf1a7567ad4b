/** The numbers that are stored and shown of a dictionary, on rows that it was not trained on. */
import type { DictionaryMeasures } from '../../engine/results/dictionaries.ts';
import { Fault } from '../../engine/terms/fault.ts';
import type { Dictionary } from '../dictionary.ts';
import { weightOf } from '../dictionary.ts';
import { DictionaryProgram } from '../inference/dictionaryProgram.ts';
import type { Rows } from '../rows.ts';
import { countOf } from '../rows.ts';
import { activeFeatures } from './activeFeatures.ts';
import { babel } from './coherence.ts';
import { deadAndDense } from './deadAndDense.ts';
import { densityHistogram } from './densityHistogram.ts';
import { unexplainedVariance } from './unexplainedVariance.ts';

/** Shares of rows at which quantiles of L0 are given. */
const quantileShares = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1] as const;

/** Sums of so many cosines of a decoder row with others are given. */
const coherenceAt = [1, 2, 4, 8, 16, 32, 64] as const;

/** Multiplications of all decoder rows with all others up to which coherence is measured: about a second. */
const largestCoherence = 2 ** 30;

/** `loss`: as `lossRecovered` measured it, or null. Throws Fault for rows that are all the same, and for values that are not finite. */
export async function dictionaryMeasuresOf(
  dictionary: Dictionary,
  rows: Rows,
  loss: DictionaryMeasures['loss'],
): Promise<DictionaryMeasures> {
  const program = await DictionaryProgram.create(dictionary);
  const { codes, reconstruction } = await program.encode(rows).finally(() => program.release());
  const input = { dictionary, rows, codes, reconstruction };
  const { fvu } = unexplainedVariance.measure(input);
  if (!Number.isFinite(fvu)) {
    const expected = 'values that differ from row to row';
    throw new Fault({ what: 'there is no variance to explain', where: dictionary.origin.by, expected });
  }
  const { mean, histogram } = activeFeatures.measure(input);
  const { dead, dense } = deadAndDense.measure(input);
  const { exponents, counts } = densityHistogram.measure(input);
  return {
    rows: countOf(rows),
    unexplained: fvu,
    active: mean,
    activeQuantiles: quantiles(histogram, countOf(rows)),
    dead: dead.length,
    dense: dense.length,
    density: { edges: [...exponents, 0], counts: [...counts] },
    coherence: coherenceOf(dictionary),
    loss,
  };
}

/** At share q of n sorted counts: that at place round(q (n - 1)). `histogram`: rows with 0, 1, 2, .. active features. */
function quantiles(histogram: Uint32Array, rows: number): number[] {
  return quantileShares.map((share) => {
    let left = Math.round(share * (rows - 1));
    return histogram.findIndex((count) => (left -= count) < 0);
  });
}

function coherenceOf(dictionary: Dictionary): DictionaryMeasures['coherence'] {
  const { width, features } = dictionary;
  if (features ** 2 * width > largestCoherence) return null;
  const { babel: sums } = babel(weightOf(dictionary, 'W_dec'), width);
  return coherenceAt.flatMap((k) => {
    const value = sums[k - 1];
    return value === undefined ? [] : [{ k, value }];
  });
}

/** How far apart the mean writes of positive and negative prompts are, in standard deviations. */
import type { CircuitMethod } from '../../../engine/circuits/method.ts';
import type { CountedWrites } from '../countedWrites.ts';
import { drawnWrites, labellingCount, rankedHeads } from '../headRanking.ts';
import type { LabelScorer } from '../labelScorer.ts';
import { normalisationSettings } from '../normalised.ts';
import { Pace } from '../pace.ts';
import { promptSettings } from '../promptChoice.ts';

const settings = { ...promptSettings, ...normalisationSettings } as const;

export const standardisedDifference: CircuitMethod<typeof settings> = {
  id: 'smd',
  title: 'Standardised mean difference',
  about:
    '|mean of positive − mean of negative writes| / pooled standard deviation of a head’s writes: no codes, no training.',
  source: 'Cohen’s d, of vectors by their lengths',
  role: 'control',
  level: 'nodes',
  nodes: ['heads'],
  needs: ['negative'],
  seeded: false,
  settings,
  async rank(scene, values, options) {
    const writes = await drawnWrites(scene, values, options);
    const pace = new Pace(scene.signal, options.onProgress, labellingCount(values, options));
    return rankedHeads(scene, writes, values, options, differenceScorer(writes), pace);
  },
};

/** A deviation of less than this share of a head's length counts as so much: writes that do not vary have a finite score. */
const leastDeviation = 1e-6;

/** What does not depend on labels. */
interface Spread {
  /** [N D] mean over all prompts. */
  readonly mean: Float64Array;
  /** [N] sum over prompts of |x - mean|^2, and of |x|^2. */
  readonly around: Float64Array;
  readonly squares: Float64Array;
}

function differenceScorer(writes: CountedWrites): LabelScorer {
  return async (labellings, pace) => {
    const spread = spreadOf(writes);
    const scores: Float64Array[] = [];
    for (const labels of labellings) {
      scores.push(standardised(writes, spread, labels));
      await pace.advance();
    }
    return scores;
  };
}

/**
 * With p of E prompts positive and d = mean+ - mean = (sum of positive - p mean) / p: mean+ - mean- = d E / (E - p). Squares
 * within classes are those around the mean less p (E - p) / E |mean+ - mean-|^2; pooled: / (E - 2).
 */
function standardised(writes: CountedWrites, { mean, around, squares }: Spread, labels: Uint8Array): Float64Array {
  const { heads, width, prompts } = writes;
  const positive = labels.reduce((sum, label) => sum + label, 0);
  const sums = positiveSums(writes, labels);
  return Float64Array.from({ length: heads }, (_, head) => {
    let square = 0;
    for (let at = head * width; at < (head + 1) * width; at++)
      square += ((sums[at] as number) / positive - (mean[at] as number)) ** 2;
    const apart = square * (prompts / (prompts - positive)) ** 2;
    const within = Math.max(0, (around[head] as number) - ((positive * (prompts - positive)) / prompts) * apart);
    const least = (leastDeviation ** 2 * (squares[head] as number)) / prompts;
    return apart === 0 ? 0 : Math.sqrt(apart / (within / Math.max(1, prompts - 2) + least));
  });
}

/** [N D] */
function positiveSums({ heads, width, of }: CountedWrites, labels: Uint8Array): Float64Array {
  const sums = new Float64Array(heads * width);
  labels.forEach((label, prompt) => {
    if (label === 0) return;
    const write = of(prompt);
    for (let at = 0; at < sums.length; at++) sums[at] = (sums[at] as number) + (write[at] as number);
  });
  return sums;
}

function spreadOf(writes: CountedWrites): Spread {
  const { heads, width, prompts, of } = writes;
  const mean = positiveSums(writes, new Uint8Array(prompts).fill(1)).map((sum) => sum / prompts);
  const [around, squares] = [new Float64Array(heads), new Float64Array(heads)];
  for (let prompt = 0; prompt < prompts; prompt++) {
    const write = of(prompt);
    for (let at = 0; at < write.length; at++) {
      const head = Math.floor(at / width);
      around[head] = (around[head] as number) + ((write[at] as number) - (mean[at] as number)) ** 2;
      squares[head] = (squares[head] as number) + (write[at] as number) ** 2;
    }
  }
  return { mean, around, squares };
}

/** What is measured, in which unit, and which way is better. Imports nothing. */

export interface MeasureInfo {
  readonly title: string;
  readonly unit: 'logits' | 'probability' | 'positions' | 'nats' | 'share';
  /** Lowest and highest possible value; V - 1 is written as Infinity. */
  readonly range: readonly [low: number, high: number];
  readonly better: 'higher' | 'lower';
  /** The formula, with A the answers, W the wrong answers, l the logits and p = softmax(l) at the answer position. */
  readonly formula: string;
  /** Whether the measure needs wrong answers. */
  readonly needsWrong: boolean;
}

export const measures = {
  logitDifference: {
    title: 'logit difference',
    unit: 'logits',
    range: [-Infinity, Infinity],
    better: 'higher',
    formula: 'mean of l over A minus mean of l over W',
    needsWrong: true,
  },
  probabilityDifference: {
    title: 'probability difference',
    unit: 'probability',
    range: [-1, 1],
    better: 'higher',
    formula: 'sum of p over A minus sum of p over W',
    needsWrong: true,
  },
  rank: {
    title: 'rank of the best answer',
    unit: 'positions',
    range: [0, Infinity],
    better: 'lower',
    formula: 'number of tokens with a logit above the highest of A; 0 is the best',
    needsWrong: false,
  },
  negativeLogLikelihood: {
    title: 'negative log-likelihood',
    unit: 'nats',
    range: [0, Infinity],
    better: 'lower',
    formula: '-log of the sum of p over A',
    needsWrong: false,
  },
  accuracy: {
    title: 'accuracy',
    unit: 'share',
    range: [0, 1],
    better: 'higher',
    formula: 'share of prompts where every logit of A is above every logit of W (above all others where W is empty)',
    needsWrong: false,
  },
  klDivergence: {
    title: 'KL divergence from the clean output',
    unit: 'nats',
    range: [0, Infinity],
    better: 'lower',
    formula: 'sum of p log(p / q), p clean and q edited, over the vocabulary',
    needsWrong: false,
  },
} as const satisfies Record<string, MeasureInfo>;

export type Measure = keyof typeof measures;

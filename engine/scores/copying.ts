/** Whether the model itself predicts the tokens that are to be copied: a copying head of a model that does not copy is no news. */
import { negativeLogLikelihood, rank } from '../tasks/metrics.ts';
import { summarise } from '../tasks/statistics.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { axisSize } from '../tensor/tensor.ts';
import type { Summary } from '../terms/summary.ts';
import type { Copy } from './headScore.ts';

export interface CopyingSummary {
  /** Mean over prompts of the mean over copies of log p(token), in nats. */
  readonly logProbability: Summary;
  /** Mean over prompts of the share of copies where no token is more likely. */
  readonly predicted: Summary;
}

export class Copying {
  readonly #seed: number;
  readonly #logProbabilities: number[] = [];
  readonly #predicted: number[] = [];

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** One prompt: logits [B 1, P, V] at its copies, in their order. Tokens that the model can't give are left out. */
  take(logits: Tensor, copies: readonly Copy[]): void {
    const width = axisSize(logits, 'V');
    const scored = copies.flatMap(({ tokens }, i) => {
      const answers = tokens.filter((token) => token < width);
      const row = logits.data.subarray(i * width, (i + 1) * width);
      return answers.length === 0 ? [] : [{ row, prompt: { answers, wrong: [] } }];
    });
    if (scored.length === 0) return;
    this.#logProbabilities.push(meanOf(scored.map(({ row, prompt }) => -negativeLogLikelihood(row, prompt))));
    this.#predicted.push(meanOf(scored.map(({ row, prompt }) => (rank(row, prompt) === 0 ? 1 : 0))));
  }

  /** Null where the model can give none of the tokens. */
  summary(): CopyingSummary | null {
    if (this.#predicted.length === 0) return null;
    return {
      logProbability: summarise(this.#logProbabilities, this.#seed),
      predicted: summarise(this.#predicted, this.#seed),
    };
  }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

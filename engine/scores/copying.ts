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
  /** Of the prompt that is being read, copy by copy. */
  readonly #likelihoods: number[] = [];
  readonly #firsts: number[] = [];

  constructor(seed: number) {
    this.#seed = seed;
  }

  /**
   * Some copies of a prompt in their order, with the logits [B 1, P, V] at them; `isLast`: there are no more of this prompt.
   * Tokens that the model can't give are left out.
   */
  take(logits: Tensor, copies: readonly Copy[], isLast: boolean): void {
    const width = axisSize(logits, 'V');
    copies.forEach(({ tokens }, i) => {
      const prompt = { answers: tokens.filter((token) => token < width), wrong: [] };
      if (prompt.answers.length === 0) return;
      const row = logits.data.subarray(i * width, (i + 1) * width);
      this.#likelihoods.push(-negativeLogLikelihood(row, prompt));
      this.#firsts.push(rank(row, prompt) === 0 ? 1 : 0);
    });
    if (isLast) this.#endPrompt();
  }

  #endPrompt(): void {
    if (this.#firsts.length === 0) return;
    this.#logProbabilities.push(meanOf(this.#likelihoods));
    this.#predicted.push(meanOf(this.#firsts));
    this.#likelihoods.length = 0;
    this.#firsts.length = 0;
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

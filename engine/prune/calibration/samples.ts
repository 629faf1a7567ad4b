/** What the intervals of a loss are drawn over: documents where there are two or more, else windows. */
import { summariser } from '../../tasks/statistics.ts';
import type { Summary } from '../../terms/summary.ts';
import type { CalibrationText } from './calibrationText.ts';

/** Sums over the tokens of each sample. */
export type SampleSums = Float64Array;

export class Samples {
  readonly unit: 'document' | 'window';
  readonly names: readonly string[];
  /** Predicted tokens of each sample. */
  readonly tokens: readonly number[];
  /** Per window and predicted token, its sample. */
  readonly #of: readonly (readonly number[])[];
  readonly #summarise: (values: ArrayLike<number>) => Summary;

  constructor({ documents, windows, documentOf }: CalibrationText, seed: number) {
    // The token at position p is predicted at p - 1.
    const predicted = documentOf.map((list) => list.slice(1));
    const used = [...new Set(predicted.flat())].toSorted((a, b) => a - b);
    this.unit = used.length > 1 ? 'document' : 'window';
    const place = new Map(used.map((document, i) => [document, i]));
    this.#of = predicted.map((list, window) =>
      list.map((document) => (used.length > 1 ? (place.get(document) ?? 0) : window)),
    );
    this.names =
      used.length > 1
        ? used.map((document) => documents[document]?.name ?? '')
        : windows.map((_, i) => `window ${i + 1}`);
    this.tokens = [...this.sums(predicted.map((list) => Float32Array.from(list, () => 1)))];
    this.#summarise = summariser(this.names.length, seed);
  }

  /** Values of every window's predicted tokens, summed over each sample's. */
  sums(perToken: readonly ArrayLike<number>[]): SampleSums {
    const sums = new Float64Array(this.names.length);
    this.#of.forEach((samples, window) => {
      const values = perToken[window] ?? [];
      samples.forEach((sample, i) => (sums[sample] = (sums[sample] ?? 0) + (values[i] ?? NaN)));
    });
    return sums;
  }

  /** Mean over each sample's tokens. */
  means(sums: SampleSums): number[] {
    return [...sums].map((sum, i) => sum / (this.tokens[i] ?? NaN));
  }

  /**
   * Mean over all tokens, with the interval of a ratio of two sums over samples: each sample counts
   * m + (s_i - m t_i) n / T, with s_i its sum, t_i its tokens, T their total and m = sum s_i / T (Cochran 1977, section 6.3).
   */
  summarise(sums: SampleSums): Summary {
    const total = this.tokens.reduce((sum, count) => sum + count, 0);
    const mean = sums.reduce((sum, value) => sum + value, 0) / total;
    const share = this.names.length / total;
    return this.#summarise(sums.map((sum, i) => mean + (sum - mean * (this.tokens[i] ?? NaN)) * share));
  }
}

/**
 * How much of a behaviour a circuit keeps: f(C) = (m(C) - m(empty)) / (m(whole) - m(empty)), means over prompts, with every node
 * outside the circuit replaced (Mueller et al. 2025, arXiv 2504.13151, equation 1). Not capped: above 1 where what was left out
 * works against the answer.
 */

/** Metric of every prompt. */
export interface Ends {
  readonly whole: readonly number[];
  readonly empty: readonly number[];
}

/**
 * A value a prompt, whose mean is f(C). f is a ratio of means, a = m(C) - m(empty) over b = m(whole) - m(empty) of each prompt,
 * and its spread is that of f + (a_i - f b_i) / mean b (linearised ratio: Cochran 1977, section 2.11), so that the whole circuit is 1 and the
 * empty one 0 without any spread. Null where the ends do not differ.
 */
export function faithfulness(circuit: readonly number[], { whole, empty }: Ends): readonly number[] | null {
  const kept = circuit.map((value, i) => value - (empty[i] ?? NaN));
  const range = whole.map((value, i) => value - (empty[i] ?? NaN));
  const mean = meanOf(range);
  if (Math.abs(mean) <= smallest(whole, empty)) return null;
  const f = meanOf(kept) / mean;
  return kept.map((value, i) => f + (value - f * (range[i] ?? NaN)) / mean);
}

/** What rounding in float32 leaves of a difference of equal numbers. */
function smallest(whole: readonly number[], empty: readonly number[]): number {
  return 1e-5 * Math.max(...whole.map(Math.abs), ...empty.map(Math.abs));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

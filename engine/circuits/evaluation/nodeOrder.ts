import { seededRandom } from '../../tensor/random.ts';

/**
 * Indices from the highest score to the lowest, those without a score last. Equal scores come in an order that is drawn from the
 * seed, the same for every list of as many scores: in the order of layers, early ones would win every tie.
 */
export function nodeOrder(scores: readonly (number | null)[], seed: number): readonly number[] {
  const drawn = seededRandom(seed).shuffled(scores.map((_, index) => index));
  const value = (index: number) => scores[index] ?? -Infinity;
  // Array.sort keeps the drawn order of equals.
  return drawn.sort((a, b) => (value(a) === value(b) ? 0 : value(b) - value(a)));
}

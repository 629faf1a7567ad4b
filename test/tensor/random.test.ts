/** Generators by number: each of a seed is another one, whatever the seed. */
import { expect, it } from 'vitest';
import { numberedRandom, seededRandom } from '../../engine/tensor/random.ts';

it.each([0, 7, 20_260_101, 2 ** 31, -1, Number.MAX_SAFE_INTEGER])('draws of seed %i are all different', (seed) => {
  const firsts = Array.from({ length: 500 }, (_, draw) => numberedRandom(seed, draw).next());
  expect(new Set(firsts).size).toBe(500);
});

it('a draw of a small seed is that of seed 2^32 + draw', () => {
  expect(numberedRandom(3, 5).next()).toBe(seededRandom(3 * 2 ** 32 + 5).next());
  expect(numberedRandom(3, 5).next()).not.toBe(numberedRandom(5, 3).next());
});

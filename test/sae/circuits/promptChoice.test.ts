import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../engine/tensor/random.ts';
import { Fault } from '../../../engine/terms/fault.ts';
import { chosenPrompts } from '../../../sae/circuits/promptChoice.ts';
import { prompt } from './plantedWrites.ts';

const all = { prompts: 0, matchDiversity: false };

/** Prompts whose third token is a word, of so many in each class. */
function worded(count: number, positive: number, negative: number) {
  return Array.from({ length: count }, (_, i) =>
    prompt([1, i, 100 + (i % positive), 3], [1, i, 500 + (i % negative), 3]),
  );
}

describe('prompts that are counted', () => {
  const prompts = worded(40, 8, 8);

  it('are all of them, or as many of each class, in pairs, and the same for the same seed', () => {
    const every = Array.from({ length: 40 }, (_, i) => i);
    expect(chosenPrompts(prompts, all, seededRandom(1))).toEqual({ positive: every, negative: every });
    const some = chosenPrompts(prompts, { ...all, prompts: 6 }, seededRandom(1));
    expect(some.positive).toHaveLength(6);
    expect(some.negative).toEqual(some.positive);
    expect(chosenPrompts(prompts, { ...all, prompts: 6 }, seededRandom(1))).toEqual(some);
    expect(chosenPrompts(prompts, { ...all, prompts: 6 }, seededRandom(2))).not.toEqual(some);
  });

  it('are refused in one line where there are too few', () => {
    const refused = (act: () => unknown) => expect(act).toThrow(Fault);
    refused(() => chosenPrompts(prompts, { ...all, prompts: 41 }, seededRandom(1)));
    refused(() => chosenPrompts(worded(1, 1, 1), all, seededRandom(1)));
    refused(() => chosenPrompts([prompt([1, 2], null)], all, seededRandom(1)));
    expect(() => chosenPrompts([prompt([1, 2], null)], all, seededRandom(1))).toThrow('prompts without negatives');
  });

  it('leave out prompts without a negative among the negatives alone', () => {
    const { positive, negative } = chosenPrompts([prompt([1, 2], null), ...worded(3, 3, 3)], all, seededRandom(1));
    expect(positive).toEqual([0, 1, 2, 3]);
    expect(negative).toEqual([1, 2, 3]);
  });
});

describe('equal diversity', () => {
  const matched = { prompts: 0, matchDiversity: true };

  it('leaves as many values, and as many prompts, in both classes', () => {
    const prompts = worded(60, 12, 3);
    const { positive, negative } = chosenPrompts(prompts, matched, seededRandom(5));
    const words = (numbers: readonly number[], side: 'ids' | 'negativeIds') =>
      new Set(numbers.map((i) => prompts[i]?.[side]?.[2])).size;
    expect(positive).toHaveLength(15);
    expect(negative).toHaveLength(15);
    expect(words(positive, 'ids')).toBe(3);
    expect(words(negative, 'negativeIds')).toBe(3);
  });

  it('is refused where next to nothing would be left: a single negative word', () => {
    expect(() => chosenPrompts(worded(60, 30, 1), matched, seededRandom(5))).toThrow(/1 of the 30 values/);
  });
});

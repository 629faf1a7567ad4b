/** Agreement of criteria on small lists with a known answer. */
import { describe, expect, it } from 'vitest';
import { criterionPairs, kendall, layerProfile, overlap, ranksOf } from '../../engine/prune/agreement.ts';
import { seededRandom } from '../../engine/tensor/random.ts';

describe('agreement', () => {
  it('Kendall: all pairs alike, all reversed, one of three swapped, with ties', () => {
    expect(kendall([1, 2, 3], [10, 20, 30])).toBe(1);
    expect(kendall([1, 2, 3], [3, 2, 1])).toBe(-1);
    expect(kendall([1, 2, 3], [1, 3, 2])).toBeCloseTo(1 / 3, 12);
    // tau-b: 4 concordant, 1 discordant, a tie in each list.
    expect(kendall([1, 2, 2, 3], [1, 3, 2, 2])).toBeCloseTo((3 - 1) / 5, 12);
    expect(kendall([1, 1], [1, 2])).toBeNull();
    expect(() => kendall([1], [1, 2])).toThrow(RangeError);
  });

  it('overlap of the most and the least important', () => {
    expect(overlap([5, 4, 3, 2, 1], [5, 1, 4, 3, 2], 2)).toEqual({ most: 0.5, least: 0.5 });
    expect(overlap([3, 2, 1], [3, 2, 1], 3)).toEqual({ most: 1, least: 1 });
  });

  it('every pair once, with the units that they differ most about', () => {
    const all = [
      { id: 'a', values: [4, 3, 2, 1] },
      { id: 'b', values: [4, 3, 2, 1] },
      { id: 'c', values: [1, 3, 2, 4] },
    ];
    const pairs = criterionPairs(all, { shares: [0.25, 0.5], furthest: 1 });
    expect(pairs.map(({ a, b }) => `${a}${b}`)).toEqual(['ab', 'ac', 'bc']);
    expect(pairs[0]).toMatchObject({ spearman: 1, kendall: 1, overlap: [{ k: 1, most: 1, least: 1 }, { k: 2 }] });
    expect(pairs[1]?.furthest).toEqual([{ unit: 0, rankA: 1, rankB: 4 }]);
  });

  it('profile: mean rank of each layer as a share', () => {
    expect(layerProfile({ id: 'a', values: [4, 3, 2, 1] }, 2)).toEqual({
      id: 'a',
      byLayer: [5 / 6, 1 / 6].map((share) => expect.closeTo(share, 12) as number),
    });
    expect(ranksOf([2, 9, 2])).toEqual([2.5, 1, 2.5]);
  });

  it('of a criterion and chance is near 0', () => {
    const random = seededRandom(1);
    const lists = [0, 1].map(() => Array.from({ length: 400 }, () => random.next()));
    expect(Math.abs(kendall(lists[0] ?? [], lists[1] ?? []) ?? NaN)).toBeLessThan(0.1);
  });
});

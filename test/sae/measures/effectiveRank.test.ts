import { describe, expect, it } from 'vitest';
import { effectiveRank, rankOfDecoder, rankOfRows } from '../../../sae/measures/effectiveRank.ts';
import { identityDictionary, randomUnits } from '../dictionaries.ts';

describe('effective rank', () => {
  it('of even eigenvalues is their number, of one it is 1, of none 0', () => {
    expect(effectiveRank([2, 2, 2, 0])).toBeCloseTo(3, 12);
    expect(effectiveRank([5, 0, 0])).toBe(1);
    expect(effectiveRank([0, 0])).toBe(0);
    expect(effectiveRank([3, 1])).toBeCloseTo(Math.exp(-0.75 * Math.log(0.75) - 0.25 * Math.log(0.25)), 12);
  });

  it('of rows on a plane around any mean is that of the plane', async () => {
    const data = Float32Array.from(
      [1, 0, -1, 0, 0, 1, 0, -1].flatMap((x, i, all) => (i % 2 === 0 ? [x + 7, all[i + 1] as number, 3] : [])),
    );
    expect(await rankOfRows({ width: 3, data })).toBeCloseTo(2, 6);
  });

  it('of a decoder does not see lengths; nothing is said of what is too wide', async () => {
    expect(await rankOfDecoder(identityDictionary(6, {}, 3))).toBeCloseTo(6, 6);
    expect(await rankOfRows({ width: 2500, data: randomUnits(2, 2500, 1) })).toBeNull();
    expect(await rankOfRows({ width: 2000, data: randomUnits(2, 2000, 1) })).toBeCloseTo(1, 6);
  });
});

import { describe, expect, it } from 'vitest';
import { jensenShannon, mutualInformation, ownCodes, ownShare } from '../../../sae/circuits/codeStatistics.ts';
import { normalised } from '../../../sae/circuits/normalised.ts';

const counts = (...values: number[]) => Uint32Array.from(values);

describe('of codes by class', () => {
  it('counts codes of positive prompts alone, however often', () => {
    expect(ownCodes(counts(1, 90, 3, 0), counts(0, 0, 1, 7))).toBe(2);
    expect(ownShare(counts(1, 90, 3, 0, 0), counts(0, 0, 1, 7, 0))).toBe(0.5);
    expect(ownShare(counts(0), counts(0))).toBe(0);
  });

  it('is a bit where the code tells the class, and nothing where it does not', () => {
    expect(mutualInformation(counts(5, 0, 3), counts(0, 8, 0))).toBeCloseTo(Math.LN2, 12);
    expect(jensenShannon(counts(5, 0, 3), counts(0, 8, 0))).toBeCloseTo(Math.LN2, 12);
    expect(mutualInformation(counts(2, 4), counts(1, 2))).toBeCloseTo(0, 12);
    expect(jensenShannon(counts(2, 4), counts(1, 2))).toBeCloseTo(0, 12);
  });

  it('is the same for mutual information and Jensen-Shannon where classes are as large, and not otherwise', () => {
    const equal = [counts(3, 5, 2), counts(6, 1, 3)] as const;
    expect(mutualInformation(...equal)).toBeCloseTo(jensenShannon(...equal), 12);
    const unequal = [counts(3, 5, 2), counts(60, 10, 3)] as const;
    expect(mutualInformation(...unequal)).toBeLessThan(jensenShannon(...unequal));
  });

  it('is 0 where a class is empty', () => {
    expect(jensenShannon(counts(1, 2), counts(0, 0))).toBe(0);
    expect(mutualInformation(counts(1, 2), counts(0, 0))).toBe(0);
  });
});

describe('softmax of scores', () => {
  const heads = [{ head: 0 }, { head: 1 }, { head: 0 }, { head: 1 }];
  const scores = Float64Array.from([2, 1, 0, 1]);

  it('is over all heads or over those of a number, and leaves scores alone unless asked for', () => {
    expect(normalised(scores, heads, 'none')).toBe(scores);
    const all = normalised(scores, heads, 'heads');
    expect(all.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    expect((all[0] as number) / (all[1] as number)).toBeCloseTo(Math.E, 12);
    const layers = normalised(scores, heads, 'layers');
    expect((layers[0] as number) + (layers[2] as number)).toBeCloseTo(1, 12);
    expect(layers[1]).toBeCloseTo(0.5, 12);
  });

  it('makes scores far below the best equal, which is why it is not done unasked', () => {
    const far = normalised(Float64Array.from([900, 1, 0]), heads, 'heads');
    expect(far[1]).toBe(far[2]);
  });
});

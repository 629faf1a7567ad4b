import { describe, expect, it } from 'vitest';
import { sparseCodes } from '../../../sae/codes.ts';
import { predicateScores } from '../../../sae/measures/predicateScores.ts';

/** 40 rows of four values; features: one for value 0, one for values 1 and 2, one always, one never. */
function planted(change: (dense: Float32Array) => void = () => undefined) {
  const of = Int32Array.from({ length: 40 }, (_, row) => row % 4);
  const dense = Float32Array.from(
    [...of].flatMap((value) => [value === 0 ? 2 : 0, value === 1 || value === 2 ? 1 : 0, 3, 0]),
  );
  change(dense);
  return predicateScores(sparseCodes(dense, 4), { name: 'a', values: ['p', 'q', 'r', 's'], of });
}

describe('features and values of an attribute', () => {
  it('a value has a feature of its own, two share one, and what is always active stands for none', () => {
    const { bestOfValue, clearFeatures } = planted();
    // F1 of the shared feature with either value is 2 10 / (20 + 10), of the one that is always active 2 10 / (40 + 10).
    expect(bestOfValue).toBeCloseTo((1 + 2 / 3 + 2 / 3 + 2 / 5) / 4, 12);
    // Two of the three that are ever active.
    expect(clearFeatures).toBeCloseTo(2 / 3, 12);
  });

  it('codes below 0 are no activity', () => {
    const { bestOfValue } = planted((dense) => dense.forEach((value, i) => (dense[i] = -value)));
    expect(bestOfValue).toBe(0);
  });

  it('values on fewer than three rows are left out', () => {
    const of = Int32Array.from([0, 0, 0, 1, 1, 1, 2]);
    const dense = Float32Array.from(of, (value) => Number(value === 0));
    const { bestOfValue } = predicateScores(sparseCodes(dense, 1), { name: 'a', values: ['p', 'q', 'r'], of });
    expect(bestOfValue).toBe(0.5);
  });
});

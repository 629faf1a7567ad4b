import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../engine/tensor/random.ts';
import { sparseCodes } from '../../../sae/codes.ts';
import { predicateScores } from '../../../sae/measures/predicateScores.ts';

/** Features are chosen on rows that repeat the ones that are measured. */
function scoresOf(dense: Float32Array, features: number, values: readonly string[], of: Int32Array) {
  const known = { codes: sparseCodes(dense, features), attribute: { name: 'a', values, of } };
  return predicateScores(known, known, 0);
}

/** 40 rows of four values; features: one for value 0, one for values 1 and 2, one always, one never. */
function planted(change: (dense: Float32Array) => void = () => undefined) {
  const of = Int32Array.from({ length: 40 }, (_, row) => row % 4);
  const dense = Float32Array.from(
    [...of].flatMap((value) => [value === 0 ? 2 : 0, value === 1 || value === 2 ? 1 : 0, 3, 0]),
  );
  change(dense);
  return scoresOf(dense, 4, ['p', 'q', 'r', 's'], of);
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
    const { bestOfValue } = scoresOf(dense, 1, ['p', 'q', 'r'], of);
    expect(bestOfValue).toBe(0.5);
  });

  it('what fits the rows that it was chosen on by chance does not fit others', () => {
    const random = seededRandom(3);
    const [rows, features] = [60, 400];
    const of = () => Int32Array.from({ length: rows }, () => random.below(4));
    const codes = () =>
      sparseCodes(
        Float32Array.from({ length: rows * features }, () => random.below(2)),
        features,
      );
    const half = () => ({ codes: codes(), attribute: { name: 'a', values: ['p', 'q', 'r', 's'], of: of() } });
    const [fit, held] = [half(), half()];
    const fitted = predicateScores(fit, fit, 0);
    const { bestOfValue, bestInterval } = predicateScores(fit, held, 0);
    expect(bestOfValue).toBeLessThan(fitted.bestOfValue - 0.1);
    const [low, high] = bestInterval ?? [NaN, NaN];
    expect([low < bestOfValue, bestOfValue < high, high - low < 0.5]).toEqual([true, true, true]);
  });
});

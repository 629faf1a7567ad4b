import { describe, expect, it } from 'vitest';
import type { Random } from '../../../engine/tensor/random.ts';
import { seededRandom } from '../../../engine/tensor/random.ts';
import type { LeftOut } from '../../../sae/circuits/controls/leftOutAccuracy.ts';
import { leftOutAccuracy, residualMatrix } from '../../../sae/circuits/controls/leftOutAccuracy.ts';
import { positiveInverse } from '../../../sae/circuits/controls/positiveInverse.ts';

function drawn(count: number, width: number, random: Random): number[][] {
  return Array.from({ length: count }, () => Array.from({ length: width }, () => random.normal()));
}

function gramOf(rows: readonly (readonly number[])[]): number[] {
  const mean = rows[0]?.map((_, d) => rows.reduce((sum, row) => sum + (row[d] as number), 0) / rows.length) ?? [];
  const centred = rows.map((row) => row.map((value, d) => value - (mean[d] as number)));
  return centred.flatMap((a) => centred.map((b) => a.reduce((sum, value, d) => sum + value * (b[d] as number), 0)));
}

describe('the inverse', () => {
  it('times the matrix is the identity', () => {
    const rows = drawn(7, 9, seededRandom(2));
    const matrix = gramOf(rows).map((value, at) => value + (at % 8 === 0 ? 0.5 : 0));
    const inverse = positiveInverse(Float64Array.from(matrix), 7);
    for (let i = 0; i < 7; i++)
      for (let j = 0; j < 7; j++) {
        let sum = 0;
        for (let k = 0; k < 7; k++) sum += (matrix[i * 7 + k] as number) * (inverse[k * 7 + j] as number);
        expect(sum).toBeCloseTo(Number(i === j), 9);
      }
  });

  it('refuses a matrix that is not positive definite', () => {
    expect(() => positiveInverse(Float64Array.from([1, 2, 2, 1]), 2)).toThrow('not positive definite');
  });
});

/** Fits each prompt's ridge anew without what is left out with it. */
function refitted(rows: readonly (readonly number[])[], labels: Uint8Array, leftOut: LeftOut, lambda: number): number {
  const told = rows.map((row, i) => {
    const kept = rows.map((_, j) => j).filter((j) => !leftOut[i]?.includes(j));
    const y = kept.map((j) => 2 * (labels[j] as number) - 1);
    const meanY = y.reduce((a, b) => a + b, 0) / y.length;
    const centre = row.map((_, d) => kept.reduce((sum, j) => sum + (rows[j]?.[d] as number), 0) / kept.length);
    const x = kept.map((j) => row.map((_, d) => (rows[j]?.[d] as number) - (centre[d] as number)));
    const width = row.length;
    const normal = Float64Array.from({ length: width * width }, (_, at) => {
      const [d, e] = [Math.floor(at / width), at % width];
      return x.reduce((sum, each) => sum + (each[d] as number) * (each[e] as number), 0) + (d === e ? lambda : 0);
    });
    const inverse = positiveInverse(normal, width);
    const moment = centre.map((_, d) =>
      x.reduce((sum, each, k) => sum + (each[d] as number) * ((y[k] as number) - meanY), 0),
    );
    const slope = moment.map((_, d) =>
      moment.reduce((sum, value, e) => sum + (inverse[d * width + e] as number) * value, 0),
    );
    const above = row.reduce((sum, value, d) => sum + (value - (centre[d] as number)) * (slope[d] as number), 0);
    return Number(above > 0 === (labels[i] === 1));
  });
  return told.reduce((a, b) => a + b, 0) / told.length;
}

describe('accuracy on what is left out', () => {
  const random = seededRandom(9);
  const count = 24;
  const labels = Uint8Array.from({ length: count }, (_, i) => Number(i < count / 2));
  const partners = Array.from({ length: count }, (_, i) => [i, (i + count / 2) % count]);
  const alone = partners.map(([i = NaN]) => [i]);
  /** Three pairs that repeat each other, then pairs. */
  const repeated = partners.map((own) =>
    (own[0] as number) % 12 < 3 ? [...new Set([...own, 0, 1, 2, 12, 13, 14])] : own,
  );
  const rows = drawn(count, 6, random).map((row, i) => [(row[0] as number) + (labels[i] as number), ...row.slice(1)]);
  const gram = gramOf(rows);
  const trace = gram.reduce((sum, value, at) => sum + (at % (count + 1) === 0 ? value : 0), 0);

  it.each([0.01, 1, 10])('is that of fits without it and its partner, at ridge %s', (ridge) => {
    const residuals = residualMatrix(gram, count, ridge) as Float64Array;
    for (const left of [partners, alone, repeated]) {
      const found = leftOutAccuracy(residuals, left)(labels);
      expect(found).toBeCloseTo(refitted(rows, labels, left, (ridge * trace) / count), 12);
    }
  });

  it('is about a half where writes know nothing, in pairs or alone', () => {
    const found = Array.from({ length: 40 }, () => {
      const residuals = residualMatrix(gramOf(drawn(count, 30, random)), count, 1) as Float64Array;
      return [partners, alone].map((left) => leftOutAccuracy(residuals, left)(labels));
    });
    for (const side of [0, 1]) {
      const mean = found.reduce((sum, each) => sum + (each[side] as number), 0) / found.length;
      expect(Math.abs(mean - 0.5)).toBeLessThan(0.06);
    }
  });

  it('says nothing of writes that are always the same', () => {
    expect(residualMatrix(new Float64Array(16), 4, 1)).toBeNull();
  });
});

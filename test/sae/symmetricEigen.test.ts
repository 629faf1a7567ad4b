import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/tensor/random.ts';
import { Pauses } from '../../sae/pauses.ts';
import { symmetricEigen } from '../../sae/symmetricEigen.ts';

function symmetric(n: number, entry: (i: number, j: number) => number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return entry(Math.max(i, j), Math.min(i, j));
  });
}

function drawn(n: number): Float64Array {
  const random = seededRandom(n);
  const values = Float64Array.from({ length: n * n }, () => random.normal());
  return symmetric(n, (i, j) => values[i * n + j] as number);
}

const matrices = {
  'one number': Float64Array.of(-3),
  'two numbers': Float64Array.of(2, 1, 1, 2),
  'a drawn one': drawn(40),
  'of rank 1': symmetric(12, (i, j) => (i + 1) * (j + 1)),
  'the identity': symmetric(9, (i, j) => Number(i === j)),
  'of zeros': new Float64Array(25),
  'of sizes far apart': symmetric(8, (i, j) => (i === j ? 10 ** (2 * i - 8) : 1e-9)),
};

describe('eigenvectors of a symmetric matrix', () => {
  it.each(Object.entries(matrices))('%s: A v = l v, orthonormal, descending', async (_, matrix) => {
    const n = Math.sqrt(matrix.length);
    const { values, vectors } = await symmetricEigen(matrix.slice(), n, { vectors: true, pauses: new Pauses() });
    const v = vectors as Float64Array;
    const largest = Math.max(1e-300, ...values.map(Math.abs));
    const entry = (list: Float64Array, i: number, j: number) => list[i * n + j] as number;
    for (let i = 0; i < n; i++) {
      if (i > 0) expect(values[i]).toBeLessThanOrEqual(values[i - 1] as number);
      for (let j = 0; j < n; j++) {
        let [image, product] = [0, 0];
        for (let k = 0; k < n; k++) {
          image += entry(matrix, j, k) * entry(v, i, k);
          product += entry(v, i, k) * entry(v, j, k);
        }
        expect(Math.abs(image - (values[i] as number) * entry(v, i, j)) / largest).toBeLessThan(1e-13);
        expect(product).toBeCloseTo(Number(i === j), 12);
      }
    }
    const alone = await symmetricEigen(matrix.slice(), n, { vectors: false, pauses: new Pauses() });
    expect(alone).toEqual({ values, vectors: null });
  });

  it('has an end where the matrix is not finite, or where that was asked for', async () => {
    const options = { vectors: false, pauses: new Pauses() };
    await expect(symmetricEigen(new Float64Array(9).fill(NaN), 3, options)).rejects.toThrow('not finite');
    const pauses = new Pauses(AbortSignal.abort());
    await expect(symmetricEigen(drawn(4), 4, { ...options, pauses })).rejects.toThrow('aborted');
  });
});

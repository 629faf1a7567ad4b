import { PCA } from 'ml-pca';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/tensor/random.ts';
import { principalDirections } from '../../sae/principalDirections.ts';
import { principalVariances } from '../../sae/principalVariances.ts';
import type { Rows } from '../../sae/rows.ts';
import { countOf, lessCentre, meanRow, rowAt } from '../../sae/rows.ts';

/** Entries with these deviations, turned by two reflections so that no axis is a direction; less their mean. */
function drawn(count: number, deviations: readonly number[], seed: number): Rows {
  const random = seededRandom(seed);
  const width = deviations.length;
  const mirrors = [1, 2].map(() => {
    const mirror = Float64Array.from({ length: width }, () => random.normal());
    const length = Math.hypot(...mirror);
    return mirror.map((value) => value / length);
  });
  const data = new Float32Array(count * width);
  for (let row = 0; row < count; row++) {
    let x = Float64Array.from(deviations, (deviation) => deviation * random.normal());
    for (const mirror of mirrors) {
      const along = x.reduce((sum, value, d) => sum + value * (mirror[d] as number), 0);
      x = x.map((value, d) => value - 2 * along * (mirror[d] as number));
    }
    data.set(x, row * width);
  }
  const rows = { width, data };
  return lessCentre(rows, meanRow(rows));
}

/** By a whole decomposition in float64. */
function byLibrary(rows: Rows): { readonly variances: readonly number[]; readonly directions: readonly number[][] } {
  const table = Array.from({ length: countOf(rows) }, (_, row) => Array.from(rowAt(rows, row)));
  const pca = new PCA(table, { method: 'covarianceMatrix', center: false });
  // It divides by n - 1.
  const factor = (countOf(rows) - 1) / countOf(rows);
  return {
    variances: pca.getEigenvalues().map((value) => value * factor),
    directions: pca.getEigenvectors().transpose().to2DArray(),
  };
}

/** Mean square of the length of the one's directions within the space of the other's: 1 where they span the same. */
function overlap(found: Float64Array, other: readonly (readonly number[])[], width: number): number {
  const count = found.length / width;
  let sum = 0;
  for (const direction of other.slice(0, count))
    for (let i = 0; i < count; i++)
      sum += direction.reduce((product, value, d) => product + value * (found[i * width + d] as number), 0) ** 2;
  return sum / count;
}

const decaying = (width: number) => Array.from({ length: width }, (_, i) => 1 / Math.sqrt(1 + i));

describe('principal directions', () => {
  const wide = drawn(280, decaying(260), 1);
  it.each([
    ['all of few', drawn(300, [3, 1, 0.2, 0.1], 2), 4],
    ['some of few', drawn(60, decaying(24), 3), 5],
    ['few of many', wide, 24],
    ['few of many, one of them a hundred times as long', drawn(280, [100, ...decaying(259)], 4), 20],
    ['few of many that are alike', drawn(280, new Array<number>(260).fill(1), 5), 10],
  ])('%s: the variance and the space of a whole decomposition', async (_, rows, count) => {
    const { directions, variances } = await principalDirections(rows, count);
    const library = byLibrary(rows);
    expect([variances.length, directions.length]).toEqual([count, count * rows.width]);
    variances.forEach((variance, i) => {
      const expected = library.variances[i] as number;
      expect(Math.abs(variance - expected)).toBeLessThan(1e-5 * expected + 1e-7 * (library.variances[0] as number));
    });
    const explained = variances.reduce((sum, variance) => sum + variance, 0);
    const most = library.variances.slice(0, count).reduce((sum, variance) => sum + variance, 0);
    expect(Math.abs(explained / most - 1)).toBeLessThan(1e-6);
    expect(overlap(directions, library.directions, rows.width)).toBeGreaterThan(1 - 1e-5);
  });

  it('are orthonormal with the largest entry positive, and the same again', async () => {
    const { directions } = await principalDirections(wide, 24);
    const { width } = wide;
    for (let i = 0; i < 24; i++) {
      const row = directions.subarray(i * width, (i + 1) * width);
      for (let j = 0; j <= i; j++) {
        const product = row.reduce((sum, value, d) => sum + value * (directions[j * width + d] as number), 0);
        expect(product).toBeCloseTo(Number(i === j), 9);
      }
      expect(Math.max(...row)).toBe(Math.max(...row.map(Math.abs)));
    }
    expect((await principalDirections(wide, 24)).directions).toEqual(directions);
  });

  it('of fewer rows than are asked for are completed, without variance', async () => {
    const { directions, variances } = await principalDirections(drawn(6, decaying(260), 6), 10);
    expect(variances[4]).toBeGreaterThan(0.01);
    expect(Math.max(...variances.subarray(5))).toBeLessThan(1e-5);
    for (let i = 0; i < 10; i++) expect(Math.hypot(...directions.subarray(i * 260, (i + 1) * 260))).toBeCloseTo(1, 9);
  });

  it('other work goes on meanwhile, and it can be stopped', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await principalDirections(wide, 260);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(2);
    await expect(principalDirections(wide, 260, AbortSignal.abort())).rejects.toThrow('aborted');
  });

  it('are refused of rows that are too wide', async () => {
    const rows = (width: number) => ({ width, data: new Float32Array(width) });
    await expect(principalDirections(rows(5000), 4000)).rejects.toThrow(
      '4000 principal directions: expected rows of at most 4096, or of at most 8192 and an eighth of the width',
    );
    await expect(principalDirections(rows(9000), 2)).rejects.toThrow('got 2 of 9000');
  });
});

describe('principal variances', () => {
  it.each([
    ['more rows than entries', 200, 30],
    ['fewer rows than entries', 20, 50],
  ])('%s: those of a whole decomposition', async (_, count, width) => {
    const rows = drawn(count, decaying(width), 7);
    const variances = (await principalVariances(rows)) as Float64Array;
    const library = byLibrary(rows).variances;
    expect(variances.length).toBe(Math.min(count, width));
    variances.forEach((variance, i) =>
      expect(Math.abs(variance - (library[i] as number))).toBeLessThan(1e-6 * (library[0] as number)),
    );
  });
});

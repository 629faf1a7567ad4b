import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/tensor/random.ts';
import { bestAssignment } from '../../sae/bestAssignment.ts';
import { rowProduct, unitRows } from '../../sae/directions.ts';
import { matchRows } from '../../sae/matchRows.ts';

const width = 8;

function drawn(count: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: count * width }, () => random.normal());
}

/** [n m] one by one, in float64. */
function cosinesOf(a: Float32Array, b: Float32Array): Float64Array {
  const [x, y] = [unitRows(a, width), unitRows(b, width)];
  const columns = b.length / width;
  return Float64Array.from({ length: (a.length / width) * columns }, (_, i) =>
    rowProduct(x, Math.floor(i / columns), y, i % columns, width),
  );
}

describe('rows matched by cosine', () => {
  it.each([
    [90, 120],
    [120, 90],
  ])('%i and %i have the largest sum, as from cosines in float64', async (n, m) => {
    const [a, b] = [drawn(n, 1), drawn(m, 2)];
    const { matches, kind } = await matchRows(a, b, width);
    expect(kind).toBe('best');
    const [rows, columns] = n < m ? [a, b] : [b, a];
    const gains = cosinesOf(rows, columns);
    const best = bestAssignment(gains, 90, 120);
    const sum = best.reduce((total, column, row) => total + (gains[row * 120 + column] as number), 0);
    expect(matches.reduce((total, { cosine }) => total + cosine, 0)).toBeCloseTo(sum, 5);
    expect(new Set(matches.map(({ first }) => first)).size).toBe(90);
    expect(new Set(matches.map(({ second }) => second)).size).toBe(90);
  });

  it('cosines are those of the rows, best first, and the nearest of each is among all', async () => {
    const [a, b] = [drawn(30, 3), drawn(20, 4)];
    const { matches, nearest } = await matchRows(a, b, width);
    const all = cosinesOf(a, b);
    matches.forEach(({ first, second, cosine }) => expect(cosine).toBeCloseTo(all[first * 20 + second] as number, 12));
    const found = matches.map(({ cosine }) => cosine);
    expect(found).toEqual(found.toSorted((x, y) => y - x));
    nearest.a.cosine.forEach((cosine, i) => {
      expect(cosine).toBeCloseTo(Math.max(...all.subarray(i * 20, i * 20 + 20)), 6);
      expect(all[i * 20 + (nearest.a.index[i] as number)]).toBeCloseTo(cosine, 6);
    });
  });

  it('more rows than an exact assignment takes: greedily, or those that are each other’s nearest', async () => {
    const rows = drawn(2100, 5);
    const [a, b] = [rows, rows.slice(0, 60 * width).map((value) => 2 * value)];
    const greedy = await matchRows(a, b, width);
    expect([greedy.kind, greedy.matches.length]).toEqual(['greedy', 60]);
    const mutual = await matchRows(a, b, width, { mostHeld: 1000 });
    expect(mutual.kind).toBe('mutual');
    for (const { matches } of [greedy, mutual])
      expect(matches.map(({ first, second }) => first - second)).toEqual(new Array(60).fill(0));
    expect(mutual.nearest).toEqual(greedy.nearest);
  });

  it('rows of zeros have cosine 0 with all', async () => {
    const { matches } = await matchRows(new Float32Array(2 * width), drawn(2, 6), width);
    expect(matches.map(({ cosine }) => cosine)).toEqual([0, 0]);
  });

  it('can be stopped', async () => {
    await expect(matchRows(drawn(3, 1), drawn(3, 2), width, { signal: AbortSignal.abort() })).rejects.toThrow(
      'aborted',
    );
  });
});

import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/tensor/random.ts';
import { greedyPairs } from '../../sae/greedyPairs.ts';
import { Pauses } from '../../sae/pauses.ts';

/** By a list of all pairs, largest gain first, of equal ones in order. */
function bySorting(gains: Float32Array, columns: number): (readonly [number, number])[] {
  const order = Array.from(gains.keys()).sort((a, b) => (gains[b] as number) - (gains[a] as number));
  const [usedRow, usedColumn] = [new Set<number>(), new Set<number>()];
  const pairs: (readonly [number, number])[] = [];
  for (const place of order) {
    const [row, column] = [Math.floor(place / columns), place % columns];
    if (usedRow.has(row) || usedColumn.has(column)) continue;
    usedRow.add(row);
    usedColumn.add(column);
    pairs.push([row, column]);
  }
  return pairs;
}

describe('greedy pairs', () => {
  it.each([
    [1, 1],
    [7, 7],
    [40, 65],
    [65, 40],
  ])('of %i rows and %i columns are those of a sorted list, ties too', async (rows, columns) => {
    const random = seededRandom(rows + 100 * columns);
    for (let draw = 0; draw < 10; draw++) {
      const gains = Float32Array.from({ length: rows * columns }, () =>
        draw % 2 === 0 ? random.normal() : random.below(3),
      );
      expect(await greedyPairs(gains, rows, columns, new Pauses())).toEqual(bySorting(gains, columns));
    }
  });

  it('where all gains are the same takes rows and columns in order', async () => {
    const pairs = await greedyPairs(new Float32Array(3000 * 30), 3000, 30, new Pauses());
    expect(pairs).toEqual(Array.from({ length: 30 }, (_, i) => [i, i]));
  });

  it('ends where that was asked for', async () => {
    const stopped = greedyPairs(new Float32Array(4), 2, 2, new Pauses(AbortSignal.abort()));
    await expect(stopped).rejects.toThrow('aborted');
  });
});

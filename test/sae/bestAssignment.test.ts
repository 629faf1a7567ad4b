import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/tensor/random.ts';
import { bestAssignment } from '../../sae/bestAssignment.ts';

/** Every way to give rows columns of their own. */
function largestSum(gains: Float64Array, rows: number, columns: number): number {
  const from = (row: number, used: ReadonlySet<number>): number => {
    if (row === rows) return 0;
    const open = Array.from({ length: columns }, (_, column) => column).filter((column) => !used.has(column));
    return Math.max(
      ...open.map((column) => (gains[row * columns + column] as number) + from(row + 1, new Set([...used, column]))),
    );
  };
  return from(0, new Set());
}

describe('the best assignment', () => {
  it.each([
    [1, 1],
    [3, 3],
    [5, 5],
    [2, 5],
    [4, 6],
  ])('of %i rows to %i columns has the largest sum of all', (rows, columns) => {
    const random = seededRandom(10 * rows + columns);
    for (let draw = 0; draw < 20; draw++) {
      // Draws with few different values have ties.
      const gains = Float64Array.from({ length: rows * columns }, () =>
        draw % 2 === 0 ? random.normal() : random.below(4),
      );
      const assigned = bestAssignment(gains, rows, columns);
      const sum = assigned.reduce((total, column, row) => total + (gains[row * columns + column] as number), 0);
      expect(new Set(assigned).size).toBe(rows);
      expect(sum).toBeCloseTo(largestSum(gains, rows, columns), 10);
    }
  });

  it('needs a column for each row', () => {
    expect(() => bestAssignment(new Float64Array(2), 2, 1)).toThrow('got 2 x 1');
  });
});

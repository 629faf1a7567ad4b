import { describe, expect, it } from 'vitest';
import { nextSort, sortRows } from '../../../renderer/parts/sortRows.ts';

describe('sorting of rows', () => {
  it('puts what is unknown last, whichever way', () => {
    const rows = [2, NaN, 3, 1];
    expect(sortRows(rows, (row) => row, 'ascending')).toEqual([1, 2, 3, NaN]);
    expect(sortRows(rows, (row) => row, 'descending')).toEqual([3, 2, 1, NaN]);
  });

  it('orders names by the numbers in them, and keeps the order of equals', () => {
    expect(sortRows(['L10H0', 'L9H6', 'L9H10'], (row) => row, 'ascending')).toEqual(['L9H6', 'L9H10', 'L10H0']);
    const rows = [
      { id: 'a', value: 1 },
      { id: 'b', value: 1 },
    ];
    expect(sortRows(rows, (row) => row.value, 'descending').map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('begins with the largest and turns around', () => {
    const first = nextSort(null, 'effect');
    expect(first.direction).toBe('descending');
    expect(nextSort(first, 'effect').direction).toBe('ascending');
    expect(nextSort(first, 'name')).toEqual({ column: 'name', direction: 'descending' });
  });
});

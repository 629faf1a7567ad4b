/** Sorting of tables: stable, and what is unknown comes last whichever way. */

export type SortKey = number | string | null;

export interface SortState {
  readonly column: string;
  readonly direction: 'ascending' | 'descending';
}

/** A column's name pressed: descending first (the largest is looked for), then ascending. */
export function nextSort(sort: SortState | null, column: string): SortState {
  const turned = sort?.column === column && sort.direction === 'descending';
  return { column, direction: turned ? 'ascending' : 'descending' };
}

export function sortRows<R>(
  rows: readonly R[],
  by: (row: R) => SortKey,
  direction: SortState['direction'],
): readonly R[] {
  const sign = direction === 'ascending' ? 1 : -1;
  return rows
    .map((row) => ({ row, key: by(row) }))
    .sort((a, b) => compareKeys(a.key, b.key, sign))
    .map(({ row }) => row);
}

function compareKeys(a: SortKey, b: SortKey, sign: number): number {
  const unknown = Number(isUnknown(a)) - Number(isUnknown(b));
  if (unknown !== 0 || isUnknown(a) || isUnknown(b)) return unknown;
  if (typeof a === 'number' && typeof b === 'number') return sign * (a - b);
  return sign * String(a).localeCompare(String(b), 'en', { numeric: true });
}

function isUnknown(key: SortKey): boolean {
  return key === null || Number.isNaN(key);
}

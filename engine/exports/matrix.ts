/** Rows of finite numbers in JSON, as long each as the first. Imports terms only. */
import { Fault } from '../terms/fault.ts';

/** Throws Fault for anything else, and where there is no row. */
export function readMatrix(value: unknown, where: string): readonly (readonly number[])[] {
  const rows: readonly unknown[] = Array.isArray(value) ? value : [];
  const [first] = rows;
  if (!Array.isArray(first) || first.length === 0) {
    throw new Fault({ what: 'no matrix', where, expected: 'a list of numbers for each layer' });
  }
  return rows.map((row, layer) => readRow(row, first.length, `${where}, layer ${layer}`));
}

function readRow(row: unknown, length: number, where: string): readonly number[] {
  if (!Array.isArray(row) || row.length !== length) {
    const got = Array.isArray(row) ? `${row.length}` : typeof row;
    throw new Fault({ what: 'a row of another length', where, expected: `${length} numbers, as in the first`, got });
  }
  if (row.every((one: unknown): one is number => typeof one === 'number' && Number.isFinite(one))) return row;
  throw new Fault({ what: 'no finite number', where });
}

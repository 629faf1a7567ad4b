/** The obvious way: matrices in float64, every product made in full. */
import type { Tensor } from '../../../engine/tensor/tensor.ts';

export type Dense = readonly (readonly number[])[];

/** One head of [N H D] or [G H D] as H rows of D. */
export function headOf({ data, axes }: Tensor, head: number): Dense {
  const [, rows, columns] = axes.map(({ size }) => size) as [number, number, number];
  return Array.from({ length: rows }, (_, h) =>
    Array.from({ length: columns }, (__, d) => data[(head * rows + h) * columns + d] ?? NaN),
  );
}

export function transposed(a: Dense): Dense {
  return (a[0] ?? []).map((_, j) => a.map((row) => row[j] ?? NaN));
}

export function times(a: Dense, b: Dense): Dense {
  const columns = transposed(b);
  return a.map((row) => columns.map((column) => row.reduce((sum, value, i) => sum + value * (column[i] ?? NaN), 0)));
}

export function frobenius(a: Dense): number {
  return Math.sqrt(a.flat().reduce((sum, value) => sum + value * value, 0));
}

/** Two tensors never share bytes of a file. */
import { Fault } from '../terms/fault.ts';
import type { StoredTensor } from './modelFiles.ts';

/** Throws Fault naming the first two tensors of one file that overlap. All tensors given lie in the same file. */
export function checkNoOverlap(tensors: readonly StoredTensor[]): void {
  const byOffset = tensors.filter(({ length }) => length > 0).toSorted((a, b) => a.offset - b.offset);
  byOffset.forEach((tensor, index) => {
    const next = byOffset[index + 1];
    if (next === undefined || tensor.offset + tensor.length <= next.offset) return;
    throw new Fault({
      what: `tensors "${tensor.name}" and "${next.name}" overlap`,
      where: tensor.file,
      expected: `"${next.name}" to begin at byte ${tensor.offset + tensor.length} or later`,
      got: String(next.offset),
    });
  });
}

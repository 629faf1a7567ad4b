/** Rows that a converter has put in another order, found again. A row is one step along a tensor's first axis. */
import { Fault } from '../terms/fault.ts';
import type { StoredChange, StoredTensor } from './modelFiles.ts';

/** Rows [from, to) of the first axis, after the stored change is undone. */
export type RowRange = readonly [from: number, to: number];

export interface RowOrder {
  /** A range of stored rows that holds all of these. */
  covering(range: RowRange): RowRange;
  /** Where the stored row belongs. */
  destination(stored: number): number;
}

/** Null where rows lie in their own order. Throws Fault where the tensor has not the rows for the heads that the file states. */
export function rowOrderOf({ name, file, shape, stored }: StoredTensor): RowOrder | null {
  const [where, rows] = [`${file}: tensor "${name}"`, shape[0] ?? 1];
  if (stored?.kind === 'interleavedRows') return interleaved(where, rows, stored.heads);
  if (stored?.kind === 'partedRows') return parted(where, rows, stored);
  return null;
}

// Stored row 2 j + a of a head is its row j + a (rows per head / 2); a = 0, 1.
function interleaved(where: string, rows: number, heads: number): RowOrder {
  const perHead = rows / heads;
  if (!Number.isInteger(perHead / 2)) {
    throw new Fault({ what: 'number of rows', where, expected: `${heads} heads of even width`, got: `${rows}` });
  }
  return {
    covering: ([from, to]) => [Math.floor(from / perHead) * perHead, Math.ceil(to / perHead) * perHead],
    destination(stored) {
      const within = stored % perHead;
      return stored - within + (within >> 1) + (within & 1) * (perHead / 2);
    },
  };
}

// Stored: N H query rows, G H key rows, G H value rows. Wanted: for each g, the rows of its R queries, key and value.
function parted(where: string, rows: number, { heads, kvHeads }: StoredChange & { kind: 'partedRows' }): RowOrder {
  const width = rows / (heads + 2 * kvHeads);
  const perGroup = heads / kvHeads;
  if (!Number.isInteger(width) || !Number.isInteger(perGroup)) {
    const expected = `${heads} queries with ${kvHeads} keys and values of the same width`;
    throw new Fault({ what: 'number of rows', where, expected, got: `${rows}` });
  }
  const place = (head: number): readonly [group: number, part: number] => {
    if (head < heads) return [Math.floor(head / perGroup), head % perGroup];
    return head < heads + kvHeads ? [head - heads, perGroup] : [head - heads - kvHeads, perGroup + 1];
  };
  return {
    covering: ([from, to]) => (from === to ? [0, 0] : [0, rows]),
    destination(stored) {
      const [group, part] = place(Math.floor(stored / width));
      return (group * (perGroup + 2) + part) * width + (stored % width);
    },
  };
}

/**
 * Edits that say which keys a query sees, as a term that is added to the scores. They are kept apart from the other edits of
 * the site: what is hidden stays hidden whatever the scores become, and a row of keys is filled at once where the pattern of a
 * long prompt would take seconds element by element.
 */
import type { Edit } from '../terms/edits.ts';
import type { Batch } from './batch.ts';
import { actsAt, selects } from './editPlaces.ts';

/** Added to a hidden score: far below any score, far above the causal mask's value, so that their sum stays finite. */
const HIDDEN = -1e30;

export function isHiding({ operation: { kind } }: Edit): boolean {
  return kind === 'mask' || kind === 'stream';
}

/** Does the edit hide this key from this query, both slots of a row that it acts on? */
export function hides({ operation, keys }: Edit, query: number, key: number, row: number, batch: Batch): boolean {
  if (operation.kind === 'mask') return keys === undefined || selects(keys, key, row, batch);
  if (operation.kind !== 'stream') return false;
  const position = key - (batch.offsets[row] ?? 0);
  return position >= operation.sinks && query - key >= operation.recent;
}

/** Values [B N P K], the last axis full, the others 1 where nothing varies. */
export interface ScoreTerm {
  readonly data: Float32Array;
  readonly shape: readonly number[];
  /** Slot of each index of P. */
  readonly slots: readonly number[];
}

/** Hides what the edits hide. */
export function hideKeys(term: ScoreTerm, edits: readonly Edit[], batch: Batch): void {
  const [rows = 1, heads = 1, queries = 1, keys = 1] = term.shape;
  for (const edit of edits) {
    for (let row = 0; row < rows; row++) {
      if (edit.rows !== undefined && !edit.rows.includes(row)) continue;
      const hidden = hiddenRanges(edit, row, keys, batch);
      for (let p = 0; p < queries; p++) {
        const slot = term.slots[p] ?? 0;
        if (!actsAt(edit, slot, row, batch)) continue;
        const ranges = hidden(slot);
        for (const head of edit.heads ?? indices(heads)) {
          const start = ((row * heads + (heads === 1 ? 0 : head)) * queries + p) * keys;
          for (const [from, to] of ranges) term.data.fill(HIDDEN, start + from, start + to);
        }
      }
    }
  }
}

type Range = readonly [from: number, to: number];

/** Ranges of key slots that a query does not see. */
function hiddenRanges(edit: Edit, row: number, keys: number, batch: Batch): (query: number) => readonly Range[] {
  const { operation } = edit;
  if (operation.kind === 'stream') {
    const from = (batch.offsets[row] ?? 0) + operation.sinks;
    return (query) => {
      const to = Math.min(keys, query - operation.recent + 1);
      return to > from ? [[from, to]] : [];
    };
  }
  const ranges = indices(keys)
    .filter((key) => hides(edit, 0, key, row, batch))
    .map((key): Range => [key, key + 1]);
  return () => ranges;
}

function indices(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

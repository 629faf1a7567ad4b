/** Prompts as one padded batch: ids, positions, masks and rotary tables that every layer shares. */
import { Fault } from '../terms/fault.ts';
import type { Family, RotaryKind } from '../arch/architecture.ts';
import type { Feed } from './ort.ts';

export type Padding = 'right' | 'left';

/** Rows of unequal length in B x P slots; slot p of row b holds position `p - offsets[b]`. */
export interface Batch {
  /** [B P], 0 in padding. */
  readonly ids: BigInt64Array;
  readonly rows: number;
  /** P: slots per row, the longest row's length. */
  readonly slots: number;
  readonly lengths: readonly number[];
  /** Slots before a row's first token (0 everywhere with right padding). */
  readonly offsets: readonly number[];
  /** Tokens of each row that are its prompt; those after it were, or could have been, generated. */
  readonly prompts: readonly number[];
}

/**
 * `prompts` as in Batch, whole rows where omitted. Throws Fault for an empty prompt, an id outside the vocabulary, more tokens
 * than the context, or a prompt that is longer than its row.
 */
export function makeBatch(
  rows: readonly (readonly number[])[],
  family: Family,
  padding: Padding,
  prompts: readonly number[] = rows.map((ids) => ids.length),
): Batch {
  if (rows.length === 0) throw new Fault({ what: 'no prompts', expected: 'at least one' });
  rows.forEach((ids, row) => checkIds(ids, family, `prompt ${row}`));
  const lengths = rows.map((ids) => ids.length);
  const slots = Math.max(...lengths);
  const offsets = lengths.map((length) => (padding === 'left' ? slots - length : 0));
  const ids = new BigInt64Array(rows.length * slots);
  rows.forEach((row, b) => row.forEach((id, p) => (ids[b * slots + (offsets[b] ?? 0) + p] = BigInt(id))));
  prompts.forEach((prompt, row) => checkPrompt(prompt, lengths[row] ?? 0, `row ${row}`));
  return { ids, rows: rows.length, slots, lengths, offsets, prompts };
}

function checkPrompt(prompt: number, length: number, where: string): void {
  if (Number.isInteger(prompt) && prompt >= 1 && prompt <= length) return;
  throw new Fault({ what: 'length of a prompt', where, expected: `1 to ${length}`, got: String(prompt) });
}

function checkIds(ids: readonly number[], family: Family, where: string): void {
  const { vocabulary, context } = family.shape;
  if (ids.length === 0) throw new Fault({ what: 'empty prompt', where, expected: 'at least one token' });
  if (ids.length > context) {
    throw new Fault({
      what: 'prompt longer than the context',
      where,
      expected: `at most ${context} tokens`,
      got: `${ids.length}`,
    });
  }
  const bad = ids.findIndex((id) => !Number.isInteger(id) || id < 0 || id >= vocabulary);
  if (bad >= 0) {
    throw new Fault({
      what: 'token id outside the vocabulary',
      where: `${where}, position ${bad}`,
      expected: `an integer in [0, ${vocabulary})`,
      got: String(ids[bad]),
    });
  }
}

/** The same prompts repeated `times` in a row: row b of copy c is row c * B + b. */
export function repeatBatch(batch: Batch, times: number): Batch {
  const ids = new BigInt64Array(batch.ids.length * times);
  for (let copy = 0; copy < times; copy++) ids.set(batch.ids, copy * batch.ids.length);
  const lengths = Array.from({ length: times }, () => batch.lengths).flat();
  const offsets = Array.from({ length: times }, () => batch.offsets).flat();
  const prompts = Array.from({ length: times }, () => batch.prompts).flat();
  return { ids, rows: batch.rows * times, slots: batch.slots, lengths, offsets, prompts };
}

/** Position of slot p in row b; padding before the first token counts as position 0. */
function positionAt(batch: Batch, row: number, slot: number): number {
  return Math.max(0, slot - (batch.offsets[row] ?? 0));
}

/** Positions int64 [B, slots]. */
export function positionsFeed(batch: Batch, slots: readonly number[]): Feed {
  const data = new BigInt64Array(batch.rows * slots.length);
  let i = 0;
  for (let row = 0; row < batch.rows; row++) {
    for (const slot of slots) data[i++] = BigInt(positionAt(batch, row, slot));
  }
  return { data, shape: [batch.rows, slots.length] };
}

/** Key positions as floats [B, keys]. */
export function keyPositionsFeed(batch: Batch, keys: number): Feed {
  const data = new Float32Array(batch.rows * keys);
  for (let row = 0, i = 0; row < batch.rows; row++) {
    for (let key = 0; key < keys; key++) data[i++] = positionAt(batch, row, key);
  }
  return { data, shape: [batch.rows, keys] };
}

/** Finite, so that a padding query that sees nothing gives numbers and not NaN; adding a score leaves it below any score. */
const HIDDEN = -3e38;

/** Does the query in slot q see the key in slot k? */
export function isVisible(
  batch: Batch,
  causal: boolean,
  window: number | null,
  row: number,
  q: number,
  k: number,
): boolean {
  const offset = batch.offsets[row] ?? 0;
  const end = offset + (batch.lengths[row] ?? 0);
  if (k < offset || k >= end) return false;
  if (causal && k > q) return false;
  return window === null || Math.abs(q - k) < window;
}

/** Additive mask [B or 1, queries, keys]: one row for all when every row has the same length. */
export function maskFeed(
  batch: Batch,
  causal: boolean,
  window: number | null,
  queries: readonly number[],
  keys: number,
): Feed {
  const rows = isUniform(batch) ? 1 : batch.rows;
  const data = new Float32Array(rows * queries.length * keys);
  let i = 0;
  for (let row = 0; row < rows; row++) {
    for (const q of queries) {
      for (let k = 0; k < keys; k++) data[i++] = isVisible(batch, causal, window, row, q, k) ? 0 : HIDDEN;
    }
  }
  return { data, shape: [rows, queries.length, keys] };
}

/** No padding anywhere. */
export function isUniform(batch: Batch): boolean {
  return batch.lengths.every((length) => length === batch.slots);
}

/**
 * cos and sin [B, slots, J] of position * frequency_j, the product and the result in float32 as the reference
 * implementations compute them (at position 4,096 the product alone is off by 2e-4 from the exact angle).
 */
export function rotaryFeeds(batch: Batch, kind: RotaryKind, slots: readonly number[]): { cos: Feed; sin: Feed } {
  const rows = batch.rows;
  const width = kind.frequencies(batch.slots).length;
  const cos = new Float32Array(rows * slots.length * width);
  const sin = new Float32Array(cos.length);
  for (let row = 0, i = 0; row < rows; row++) {
    // Of the row's own length: some kinds depend on it, and rows must not influence each other.
    const frequencies = kind.frequencies(batch.lengths[row] ?? batch.slots);
    for (const slot of slots) {
      const position = positionAt(batch, row, slot);
      for (let j = 0; j < width; j++, i++) {
        const angle = Math.fround(position * (frequencies[j] ?? 0));
        cos[i] = Math.fround(Math.cos(angle)) * kind.scale;
        sin[i] = Math.fround(Math.sin(angle)) * kind.scale;
      }
    }
  }
  const shape = [rows, slots.length, width];
  return { cos: { data: cos, shape }, sin: { data: sin, shape } };
}

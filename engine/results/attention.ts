/** Calls that the attention view makes: pooled pictures, exact windows, rows. No call moves a whole pattern. Imports terms only. */
import * as z from 'zod';
import { edits, float32, onModel, progress, promptInput, uint8 } from './records.ts';

const count = z.int().min(0);
const range = z.tuple([count, count]).readonly();

/** `pattern`: weight after softmax. `valueWeighted`: weight times the norm of what the key's value writes (Kobayashi et al. 2020). */
const attentionMeasure = z.enum(['pattern', 'valueWeighted']);
export type AttentionMeasure = z.infer<typeof attentionMeasure>;

const pool = z.enum(['max', 'mean']);

const onPrompt = {
  ...onModel,
  prompt: promptInput,
  edits: edits.exactOptional(),
  measure: attentionMeasure,
  /** The first keys are left out (hide the sink). */
  skipKeys: count.exactOptional(),
};

const square = {
  /** Cells along each axis of the picture, and queries or keys in a cell. */
  cells: count,
  step: count,
};

export const attentionWallRequest = z.strictObject({
  ...onPrompt,
  layers: z.array(count).readonly().exactOptional(),
  /** Cells of a thumbnail along each axis, at most; each holds the largest value in it. */
  size: z.int().min(8).max(128),
});
export const attentionWallEvent = z.discriminatedUnion('kind', [
  progress,
  /** All heads of a layer: [N, cells, cells], 255 standing for `largest`. */
  z.strictObject({
    kind: z.literal('layer'),
    layer: count,
    heads: count,
    ...square,
    largest: z.number(),
    data: uint8,
  }),
]);
export const attentionWallResult = z.strictObject({ tokens: count, seconds: z.number() });

export const attentionMapRequest = z.strictObject({
  ...onPrompt,
  layer: count,
  head: count,
  size: z.int().min(8).max(2048),
  pool,
});
export const attentionMapEvent = z.discriminatedUnion('kind', [
  progress,
  /** Rows of cells from `row` on: [rows, cells]. */
  z.strictObject({ kind: z.literal('band'), row: count, rows: count, ...square, data: float32 }),
]);
export const attentionMapResult = z.strictObject({ tokens: count, seconds: z.number() });

export const attentionTileRequest = z.strictObject({
  ...onPrompt,
  layer: count,
  head: count,
  /** From (included) to (excluded). */
  queries: range,
  keys: range,
  /** Queries and keys in a cell; 1 is exact. */
  step: z.int().min(1),
  pool,
});
/** [rows, columns] cells; 0 above the diagonal of a causal model. */
export const attentionTileResult = z.strictObject({ rows: count, columns: count, data: float32 });

export const attentionRowRequest = z.strictObject({
  ...onPrompt,
  layer: count,
  /** One head, or every head of the layer. */
  head: count.nullable(),
  position: count,
  /** `looksAt`: the weights of this query over keys. `seenBy`: the weights on this key over queries. */
  side: z.enum(['looksAt', 'seenBy']),
});
/** [heads, tokens] */
export const attentionRowResult = z.strictObject({ heads: count, tokens: count, data: float32 });

/** The call that splits the logit difference among everything that was added to the stream. Imports terms only. */
import * as z from 'zod';
import { measuredHeader, measuredPrompts } from './measured.ts';
import type { Plain } from './records.ts';
import { onModel, progress, summary } from './records.ts';

const count = z.int().min(0);

export const directLogitsRequest = z.strictObject({
  ...onModel,
  /** Every one with wrong answers. */
  prompts: measuredPrompts,
  /** Of the bootstrap. */
  seed: z.int(),
});

const directHeader = z.strictObject({
  ...measuredHeader,
  /** The difference is that of the logits before the family's soft cap. */
  beforeSoftCap: z.boolean(),
});
export type DirectLogitsHeader = Plain<z.infer<typeof directHeader>>;

/** As in `scores`: logits over prompts, what the head's write adds to the difference by itself. */
const directHead = z.strictObject({
  kind: z.literal('head'),
  layer: count,
  head: count,
  values: z.strictObject({ directLogits: summary }),
});
export type DirectHead = Plain<z.infer<typeof directHead>>;

/** The rest of a layer; null where the model has none. */
const directLayer = z.strictObject({
  kind: z.literal('layer'),
  layer: count,
  mlp: summary.nullable(),
  attentionBias: summary.nullable(),
});
export type DirectLayer = Plain<z.infer<typeof directLayer>>;

const directTotal = z.strictObject({
  kind: z.literal('total'),
  embed: summary,
  /** Biases of the final norm and of the unembedding. */
  constant: summary,
  /** All parts together, and the logit difference that the last stream gives. */
  sum: summary,
  metric: summary,
  /** Largest difference between the two on a prompt: rounding. */
  residue: z.number(),
});
export type DirectTotal = Plain<z.infer<typeof directTotal>>;

export const directLogitsEvent = z.discriminatedUnion('kind', [
  progress,
  z.strictObject({ kind: z.literal('start'), header: directHeader }),
  directHead,
  directLayer,
  directTotal,
]);
export const directLogitsResult = z.strictObject({ seconds: z.number(), warnings: z.array(z.string()).readonly() });

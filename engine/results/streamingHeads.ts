/** The call that says which KV heads look far back, and so need their whole cache. Behaviour, not importance. Imports terms only. */
import * as z from 'zod';
import { plainTexts } from './maskCurve.ts';
import type { Plain } from './records.ts';
import { modelIdentity, modelShape, onModel, progress, summary } from './records.ts';

const count = z.int().min(0);
const share = z.number().min(0).max(1);

export const streamingHeadsRequest = z.strictObject({
  ...onModel,
  /** Sequences of random tokens that come four times. */
  n: z.int().min(1).max(1000),
  /** K: tokens that come four times; as many as there is room for, 500 at most, where omitted. */
  length: z.int().min(2).exactOptional(),
  /** Shares of all KV heads that are kept for the one and for the other; 0.01 and 0.14 in RazorAttention's code. */
  keep: z.strictObject({ echo: share, induction: share }),
  /** Texts for kvpress' prior, and positions of its pattern (500 there); null: without it. */
  prior: z.strictObject({ texts: plainTexts, length: z.int().min(2).max(100_000) }).nullable(),
  seed: z.int(),
});

const streamingHeader = z.strictObject({
  model: modelIdentity,
  shape: modelShape,
  n: count,
  length: count,
  /** Tokens of a whole sequence. */
  tokens: count,
  bosPrepended: z.boolean(),
  tokenIdsSha256: z.string(),
  keep: z.strictObject({ echo: share, induction: share }),
  /** What RazorAttention's code gives is the mean over the whole pattern: our means over queries times this. */
  razorFactor: z.number(),
  /** Positions of the prior's pattern; null without it. */
  priorLength: count.nullable(),
  /** How the probes differ from the published ones. */
  notes: z.array(z.string()).readonly(),
});
export type StreamingHeader = Plain<z.infer<typeof streamingHeader>>;

const streamingGroup = z.strictObject({
  kind: z.literal('group'),
  layer: count,
  kvGroup: count,
  /** Mean over queries whose token came before of the attention to its earlier places, and to those after them: of the query head with most. */
  echo: summary,
  induction: summary,
  echoHead: count,
  inductionHead: count,
  /** Area under the cumulative attention of the mean query on mean keys: 1 where all of it is on the oldest; null without the prior. */
  prior: z.number().nullable(),
});
export type StreamingGroup = Plain<z.infer<typeof streamingGroup>>;

export const streamingHeadsEvent = z.discriminatedUnion('kind', [
  progress,
  z.strictObject({ kind: z.literal('start'), header: streamingHeader }),
  streamingGroup,
]);

/** KV heads of each layer. */
const lists = z.array(z.array(count).readonly()).readonly();

export const streamingHeadsResult = z.strictObject({
  seconds: z.number(),
  /** KV heads that keep their whole cache, by RazorAttention's rule, and which of its two scores keeps each. */
  keep: lists,
  echo: lists,
  induction: lists,
  warnings: z.array(z.string()).readonly(),
});
export type StreamingHeadsResult = Plain<z.infer<typeof streamingHeadsResult>>;

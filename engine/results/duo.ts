/** The call that trains DuoAttention's gates, and the one that measures what streaming heads cost. Imports terms only. */
import * as z from 'zod';
import { plainTexts } from './maskCurve.ts';
import type { Plain } from './records.ts';
import { modelIdentity, modelShape, onModel, progress, summary } from './records.ts';

const count = z.int().min(0);
const positive = z.int().min(1);

/** A streaming head's query sees the first `sink` tokens and the last `recent`, itself included. */
const streaming = { sink: count.max(1_000_000), recent: positive.max(1_000_000) };

/** One number for each KV head: a list for each layer. */
const perKvHead = z.array(z.array(z.number()).min(1).readonly()).min(1).readonly();
export type PerKvHead = Plain<z.infer<typeof perKvHead>>;

/** Tokens of the texts: one of `count` lengths evenly from `from` to `to`. */
const lengths = z.strictObject({ from: positive, to: positive, count: positive.max(10_000) });
/** Passkeys in a text and words in each; null: as many as go with its length. */
const passkeys = z.strictObject({ count: positive.max(10), words: positive.max(1000) }).nullable();
/** A text's own seed is 2^32 times this plus its number: whole numbers end at 2^53. */
const seed = z.int().min(0).max(1_000_000);

const settings = {
  steps: positive.max(1_000_000),
  ...streaming,
  lengths,
  passkeys,
  learningRate: z.number().positive(),
  /** Weight of the mean gate in the loss. */
  regularisation: z.number().min(0),
  seed,
};

/** All that a training goes on from: after `step` steps, each list by layer, then KV head. */
const trained = {
  step: count,
  gates: z.array(z.number()).readonly(),
  /** AdamW's moments. */
  first: z.array(z.number()).readonly(),
  second: z.array(z.number()).readonly(),
};

export const duoRequest = z.strictObject({
  ...onModel,
  ...settings,
  /** The last step of a training that goes on; it must have had the same settings. */
  from: z.object(trained).readonly().exactOptional(),
});

const duoHeader = z.strictObject({
  model: modelIdentity,
  shape: modelShape,
  settings: z.strictObject(settings),
  /** Where the two streams are compared: after the last norm, or (in a model without one) after the last block. */
  compared: z.enum(['finalNorm', 'residPost']),
  /** What differs from the paper's setting, in words. */
  notes: z.array(z.string()).readonly(),
});
export type DuoHeader = Plain<z.infer<typeof duoHeader>>;

const duoStep = z.strictObject({
  kind: z.literal('step'),
  ...trained,
  tokens: count,
  /** Tokens of questions and answers: those that were compared. */
  labels: count,
  learningRate: z.number(),
  /** Before the step: mean squared difference of the final hidden states, and with the penalty on the gates. */
  distillation: z.number(),
  loss: z.number(),
  /** After it. */
  meanGate: z.number(),
  seconds: z.number(),
});
export type DuoStep = Plain<z.infer<typeof duoStep>>;

export const duoEvent = z.discriminatedUnion('kind', [
  progress,
  z.strictObject({ kind: z.literal('start'), header: duoHeader }),
  duoStep,
]);
export const duoResult = z.strictObject({
  gates: perKvHead,
  steps: count,
  seconds: z.number(),
  warnings: z.array(z.string()).readonly(),
});

export const duoQualityRequest = z.strictObject({
  ...onModel,
  /** KV heads with the largest numbers keep full attention. */
  rankings: z
    .array(z.strictObject({ name: z.string().min(1).max(100), scores: perKvHead }))
    .min(1)
    .max(16)
    .readonly(),
  ...streaming,
  /** Shares of KV heads that stream. */
  sparsities: z.array(z.number().min(0).max(1)).min(1).max(32).readonly(),
  /** Random rankings beside them. */
  draws: count.max(100),
  /** Passkey texts that no training sees, and plain text. */
  passkeyTexts: z.strictObject({ n: positive.max(1000), lengths, passkeys }),
  plainTexts: plainTexts.extend({ n: positive.max(1000) }),
  seed,
  /** As in `ablate`. */
  done: count.exactOptional(),
  unitsPerRun: positive.exactOptional(),
});

const duoQualityHeader = z.strictObject({
  model: modelIdentity,
  shape: modelShape,
  ...streaming,
  /** Choices of heads that are measured, the unedited model first. */
  units: count,
  unitsPerRun: positive,
  passkeyTexts: z.strictObject({ n: count, tokens: count, answers: count }),
  plainTexts: z.strictObject({ n: count, tokens: count, source: z.string() }),
});
export type DuoQualityHeader = Plain<z.infer<typeof duoQualityHeader>>;

const streamedHeads = z.strictObject({
  kind: z.literal('quality'),
  /** Null: no head streams. `random`: a ranking drawn at random, the `draw`-th. */
  ranking: z.string().nullable(),
  draw: count.nullable(),
  sparsity: z.number(),
  /** How many KV heads stream, and which: layer and KV head. */
  streaming: z.array(z.tuple([count, count]).readonly()).readonly(),
  /** Mean log probability of an answer's token in nats, and the share of these tokens that are the first choice: over texts. */
  answer: summary,
  correct: summary,
  /** Nats per token of plain text, over texts. */
  loss: summary,
});
export type StreamedHeads = Plain<z.infer<typeof streamedHeads>>;

export const duoQualityEvent = z.discriminatedUnion('kind', [
  progress,
  z.strictObject({ kind: z.literal('start'), header: duoQualityHeader }),
  streamedHeads,
]);
export const duoQualityResult = z.strictObject({ seconds: z.number(), warnings: z.array(z.string()).readonly() });

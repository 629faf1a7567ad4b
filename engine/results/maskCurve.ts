/** The call that masks heads of a ranking and asks whether the model still answers and still predicts plain text. Imports terms only. */
import * as z from 'zod';
import type { Plain } from './records.ts';
import { modelIdentity, modelShape, onModel, progress, promptFile, tokenIds } from './records.ts';
import { retrieveRequest } from './retrieve.ts';
import { headRef } from './units.ts';

const count = z.int().min(0);
const heads = z.array(headRef).max(100_000).readonly();
const scope = z.enum(['all', 'decode']);
const promptKind = z.enum(['answer', 'steps']);

const headMask = z.discriminatedUnion('kind', [
  /** The same weight on every key that is seen. */
  z.strictObject({ kind: z.literal('uniform') }),
  /** z is 0. */
  z.strictObject({ kind: z.literal('zero') }),
  /** The query is its mean over the plain texts. */
  z.strictObject({ kind: z.literal('meanQuery') }),
  /** The first `sinks` keys and the last `recent`, the query itself among these. */
  z.strictObject({ kind: z.literal('stream'), sinks: count, recent: z.int().min(1) }),
]);

/** Plain texts, cut into windows: stories of the program's own, or files of the user's. */
export const plainTexts = z.strictObject({
  source: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('stories') }),
    z.strictObject({ kind: z.literal('files'), files: z.array(promptFile).min(1).max(1000).readonly() }),
  ]),
  n: count.max(10_000),
  /** Tokens of each, its first half given and its second predicted. */
  length: z.int().min(2).max(1_000_000),
});

export const maskCurveRequest = z.strictObject({
  ...onModel,
  /** A grid that asks for the answer at once and one that asks for steps first may stand beside each other. */
  runs: z.array(retrieveRequest.shape.runs).max(8).readonly(),
  /** Best first; all heads of the model, where the bottom is wanted. */
  ranking: z.array(headRef).min(1).max(100_000).readonly(),
  ks: z.array(count).min(1).max(100).readonly(),
  masks: z.array(headMask).min(1).max(8).readonly(),
  /** `decode`: only where new tokens are made, from the prompt's last one on. */
  scope,
  /** Random sets for each k. */
  draws: count.max(1000),
  /** `forced`: the answer is put behind the prompt. `generate`: greedy decoding, judged as detection judges it. */
  mode: z.enum(['forced', 'generate']),
  texts: plainTexts,
  /** Of haystacks, texts and random sets. */
  seed: z.int(),
  /** Rows that are known: a run that goes on. */
  done: count.exactOptional(),
});

const maskArm = z.strictObject({
  /** Null: the model as it is. */
  mask: headMask.nullable(),
  set: z.enum(['none', 'top', 'random', 'bottom']),
  k: count,
  /** Which of the random sets of this k; null for the others. */
  draw: count.nullable(),
  heads,
});
export type MaskArm = Plain<z.infer<typeof maskArm>>;

const maskCurveHeader = z.strictObject({
  model: modelIdentity,
  shape: modelShape,
  scope,
  mode: z.enum(['forced', 'generate']),
  seed: z.int(),
  /** The model as it is first; lists of rows go by it. */
  arms: z.array(maskArm).min(1).readonly(),
  runs: count,
  texts: z.strictObject({ n: count, length: count, source: z.string(), tokenIdsSha256: z.string() }),
  /** Hash of the prompts' ids. */
  runIdsSha256: z.string(),
  /** What could not be had as asked, and what a word means here. */
  notes: z.array(z.string()).readonly(),
});
export type MaskCurveHeader = Plain<z.infer<typeof maskCurveHeader>>;

const maskRun = z.strictObject({
  kind: z.literal('row'),
  of: z.literal('run'),
  run: count,
  id: z.string(),
  needle: z.string().nullable(),
  length: count.nullable(),
  depth: z.number().nullable(),
  prompt: promptKind,
  tokens: count,
  answer: z.string().nullable(),
  answerIds: tokenIds,
  correct: z.array(z.boolean()).readonly(),
  /** Share of the answer's tokens that are the first choice after the right ones before them, right behind the prompt. */
  firstChoice: z.array(z.number()).readonly(),
  /** Mean natural log of the probability of the answer's tokens right behind the prompt. */
  logProbability: z.array(z.number()).readonly(),
  /** What was generated; null in `forced` mode, the ids as text where there is no tokenizer. */
  said: z.array(z.string()).readonly().nullable(),
});
export type MaskRunRow = Plain<z.infer<typeof maskRun>>;

const maskText = z.strictObject({
  kind: z.literal('row'),
  of: z.literal('text'),
  text: count,
  tokens: count,
  /** Nats per predicted token. */
  loss: z.array(z.number()).readonly(),
});
export type MaskTextRow = Plain<z.infer<typeof maskText>>;

export const maskCurveEvent = z.union([
  progress,
  z.strictObject({ kind: z.literal('start'), header: maskCurveHeader }),
  maskRun,
  maskText,
]);
export const maskCurveResult = z.strictObject({ seconds: z.number(), warnings: z.array(z.string()).readonly() });

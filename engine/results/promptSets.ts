/** Calls about prompts before they are run: tokens, pairs, files of other tools. Imports terms only. */
import * as z from 'zod';
import { measuredPrompts } from './measured.ts';
import { chatMessage } from './prediction.ts';
import type { Plain } from './records.ts';
import { metricId, onModel, promptFile, tokenIds } from './records.ts';

const count = z.int().min(0);

/** One token of a prompt. */
const tokenInfo = z.strictObject({
  id: count,
  /** Printable form, leading space kept. */
  text: z.string(),
  /** From and to (excluded) in the UTF-8 bytes of the text; null where it was given as ids or the token adds no text. */
  bytes: z.tuple([count, count]).readonly().nullable(),
  special: z.boolean(),
  /** Holds part of a character only: `text` then names its bytes. */
  partial: z.boolean(),
});
export type TokenInfo = Plain<z.infer<typeof tokenInfo>>;

export const tokensRequest = z.strictObject({
  ...onModel,
  input: z.union([
    z.strictObject({ text: z.string().max(4_000_000) }),
    z.strictObject({ ids: tokenIds }),
    z.strictObject({ chat: z.array(chatMessage).min(1).readonly() }),
  ]),
});
export const tokensResult = z.strictObject({
  tokens: z.array(tokenInfo).readonly(),
  /** The chat as the model's template renders it; null where the input was no chat. */
  rendered: z.string().nullable(),
  /** Has the model a chat template? */
  chat: z.boolean(),
  context: count,
});

/** A prompt with its answers, and its corrupt twin. */
const promptPair = z.strictObject({
  index: count,
  clean: z.array(tokenInfo).readonly(),
  corrupt: z.array(tokenInfo).readonly().nullable(),
  answers: z.array(z.string()).readonly(),
  wrong: z.array(z.string()).readonly(),
  answerPosition: count,
  /** Are both as long, token by token? null without a corrupt one. */
  aligned: z.boolean().nullable(),
  /** Positions at which the two differ. */
  differs: z.array(count).readonly(),
});
export type PromptPair = Plain<z.infer<typeof promptPair>>;

export const promptsRequest = z.strictObject({
  ...onModel,
  prompts: measuredPrompts,
  from: count,
  count: z.int().min(1).max(500),
});
export const promptsResult = z.strictObject({
  name: z.string(),
  total: count,
  metric: metricId,
  /** Tokens of the shortest and of the longest prompt. */
  lengths: z.tuple([count, count]).readonly(),
  /** How many have a counterfactual, and how many a negative twin. */
  counterfactuals: count,
  negatives: count,
  pairs: z.array(promptPair).readonly(),
});

const importFormat = z.enum(['jsonl', 'csv', 'autocircuit']);
export const importPromptsRequest = z.strictObject({
  name: z.string(),
  text: z.string().max(64_000_000),
  /** Told from the content where omitted. */
  format: importFormat.exactOptional(),
});
export const importPromptsResult = z.strictObject({
  format: importFormat,
  /** The same prompts as our own JSONL: what requests take. */
  file: promptFile,
  rows: count,
  /** What was left out or read in a way that one should know, in lines. */
  notes: z.array(z.string()).readonly(),
});

/** Calls that predict tokens: run and generate. Imports terms only. */
import * as z from 'zod';
import type { Plain } from './records.ts';
import { edits, onModel, promptInput, tokenIds } from './records.ts';

const id = z.int().min(0);

export const nextToken = z.strictObject({
  id,
  /** Printable form, leading space kept; null without a tokenizer. */
  text: z.string().nullable(),
  logit: z.number(),
  probability: z.number(),
  /** Edited minus clean logit; 0 where nothing is edited. */
  logitChange: z.number(),
});
export type NextToken = Plain<z.infer<typeof nextToken>>;

export const runRequest = z.strictObject({
  ...onModel,
  prompt: promptInput,
  edits: edits.exactOptional(),
  /** How many tokens to list. */
  top: z.int().min(1).max(1000),
});
export const runResult = z.strictObject({
  ids: tokenIds,
  /** Printable tokens of the prompt; null without a tokenizer. */
  tokens: z.array(z.string()).readonly().nullable(),
  /** Most likely first. */
  before: z.array(nextToken).readonly(),
  /** Most likely first under the edits; null where there are none. */
  after: z.array(nextToken).readonly().nullable(),
  /** KL(clean || edited) of the next-token distribution in nats; null without edits. */
  kl: z.number().nullable(),
});

export const chatMessage = z.strictObject({ role: z.string(), content: z.string() });

export const generateRequest = z.strictObject({
  ...onModel,
  prompt: z.union([promptInput, z.strictObject({ chat: z.array(chatMessage).readonly() })]),
  edits: edits.exactOptional(),
  /** Most tokens to add. */
  max: z.int().min(1),
  /** 0 is greedy. */
  temperature: z.number().min(0),
  topP: z.number().min(0).max(1).exactOptional(),
  seed: z.int(),
});
export const generateEvent = z.strictObject({
  kind: z.literal('token'),
  id,
  /** What this token adds to the text: empty while a character is incomplete, null without a tokenizer. */
  text: z.string().nullable(),
  /** Of this token in nats. */
  logProbability: z.number(),
});
export const generateResult = z.strictObject({
  promptTokens: z.int(),
  ids: tokenIds,
  text: z.string().nullable(),
  stopped: z.enum(['end', 'length', 'context']),
  seconds: z.number(),
});

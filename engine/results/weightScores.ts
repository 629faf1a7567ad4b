/** The call that reads what the weights of every head say, without a prompt. Imports terms only. */
import * as z from 'zod';
import type { Plain } from './records.ts';
import { modelIdentity, modelShape, onModel, progress, summary } from './records.ts';

const count = z.int().min(0);

/** In the order in which they are shown. */
const weightScoreId = z.enum(['ovCopying', 'tokenCopying', 'tokenCopying10', 'ownAboveMean', 'positionPrevious']);

export const weightScoresRequest = z.strictObject({
  ...onModel,
  /** All that the model has where omitted. */
  scores: z.array(weightScoreId).min(1).readonly().exactOptional(),
  /** Ordinary tokens to draw for what is read token by token; all where there are no more. */
  tokens: z.int().min(1).max(4096),
  /** Of the drawing. */
  seed: z.int(),
  /** Heads that are known already, from the first: they are not given again. */
  done: count.exactOptional(),
});

const weightScore = z.strictObject({
  id: weightScoreId,
  title: z.string(),
  /** Number of its rule in engine/scores/weights/SPEC.md. */
  rule: z.string(),
  about: z.string(),
  formula: z.string(),
  source: z.string(),
  unit: z.enum(['share', 'ratio']),
  range: z.tuple([z.number(), z.number()]).readonly(),
  /** Read on the drawn tokens; what is not is exact. */
  sampled: z.boolean(),
});

const weightsHeader = z.strictObject({
  model: modelIdentity,
  shape: modelShape,
  /** Tokens that were drawn, of how many ordinary ones that were looked at; null where no score is read token by token. */
  tokens: z.strictObject({ n: count, of: count, seed: z.int(), idsSha256: z.string() }).nullable(),
  scores: z.array(weightScore).readonly(),
  /** Scores that the model has none of, with the reason. */
  left: z.array(z.strictObject({ id: z.string(), reason: z.string() })).readonly(),
  /** What was done with norms, biases and groups. */
  conventions: z.array(z.string()).readonly(),
});
export type WeightsHeader = Plain<z.infer<typeof weightsHeader>>;

/** As in `scores`. What is not sampled is exact: n is 1. */
const weighedHead = z.strictObject({
  kind: z.literal('head'),
  layer: count,
  head: count,
  /** By score id; over tokens. */
  values: z.record(z.string(), summary).readonly(),
});
export type WeighedHead = Plain<z.infer<typeof weighedHead>>;

export const weightScoresEvent = z.discriminatedUnion('kind', [
  progress,
  z.strictObject({ kind: z.literal('start'), header: weightsHeader }),
  weighedHead,
]);
export const weightScoresResult = z.strictObject({ seconds: z.number() });

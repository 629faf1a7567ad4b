/** The call that says what every head does: where it looks, how much it writes. Behaviour, not importance. Imports terms only. */
import * as z from 'zod';
import type { Plain } from './records.ts';
import { modelIdentity, modelShape, onModel, progress, promptFile, summary } from './records.ts';
import { taskChoice } from './taskReport.ts';

const count = z.int().min(0);

export const scoresRequest = z.strictObject({
  ...onModel,
  prompts: z.discriminatedUnion('kind', [
    /** Random tokens that come twice. */
    z.strictObject({
      kind: z.literal('repeated'),
      n: z.int().min(1).max(100_000),
      seed: z.int(),
      /** Tokens in the sequence that is repeated. */
      length: count.exactOptional(),
      /** BOS before each prompt: as the model's own encoding does, always, never. */
      bos: z.enum(['model', 'with', 'without']),
    }),
    z.strictObject({ kind: z.literal('task'), ...taskChoice }),
    z.strictObject({ kind: z.literal('file'), file: promptFile }),
  ]),
  /** Ids; all that the prompts have queries for where omitted. */
  scores: z.array(z.string()).min(1).readonly().exactOptional(),
  /** Of the bootstrap. */
  seed: z.int(),
});

/**
 * `norm`: length of a vector of the residual stream, in the model's own scale. `ratio`: of two such lengths. `cosine`: of the
 * angle between two such vectors. `columns`: how many keys of a pattern.
 */
const scoreUnit = z.enum(['share', 'nats', 'tokens', 'norm', 'ratio', 'cosine', 'columns']);
export type ScoreUnit = z.infer<typeof scoreUnit>;

const readScore = z.strictObject({
  id: z.string(),
  title: z.string(),
  /** Number of its rule in engine/scores/SPEC.md. */
  rule: z.string(),
  about: z.string(),
  formula: z.string(),
  source: z.string(),
  unit: scoreUnit,
  /** Lowest and highest possible value; null where no number bounds it on all prompts. */
  range: z.tuple([z.number(), z.number().nullable()]).readonly(),
  /** Prompts and queries that it was read on. */
  prompts: count,
  queries: count,
  /** What a head that attends to all visible keys alike would have; null where that depends on more than attention. */
  uniform: z.number().nullable(),
});

/** A head has the tag where the mean of the score is above the number: a short name for behaviour, not for importance. */
const tagRule = z.strictObject({ tag: z.string(), score: z.string(), above: z.number() });
export type TagRule = Plain<z.infer<typeof tagRule>>;

const scoresHeader = z.strictObject({
  model: modelIdentity,
  shape: modelShape,
  prompts: z.strictObject({
    /** `repeated random tokens`, the task, or the name of the prompt file. */
    dataset: z.string(),
    n: count,
    tokens: count,
    /** Tokens in the sequence that is repeated, where that is what the prompts are. */
    repeated: count.nullable(),
    bosPrepended: z.boolean(),
    seed: z.int(),
    tokenIdsSha256: z.string(),
  }),
  scores: z.array(readScore).readonly(),
  /** Scores that were not asked for by name and that no prompt has a query for. */
  left: z.array(z.strictObject({ id: z.string(), counts: z.string() })).readonly(),
  /** The tags whose scores are read, in the order in which the first that holds is the plainest; absent in older runs. */
  tags: z.array(tagRule).readonly().exactOptional(),
});
export type ScoresHeader = Plain<z.infer<typeof scoresHeader>>;

const scoredHead = z.strictObject({
  kind: z.literal('head'),
  layer: count,
  head: count,
  /** By score id; over prompts. */
  values: z.record(z.string(), summary).readonly(),
  /** Those of the header's tags that hold; absent in older runs. */
  tags: z.array(z.string()).readonly().exactOptional(),
});
export type ScoredHead = Plain<z.infer<typeof scoredHead>>;

/** Does the model copy? Log probability (nats) of the tokens to be copied, and the share where none is more likely. */
const copying = z.strictObject({ kind: z.literal('copying'), logProbability: summary, predicted: summary });
export type Copying = Plain<z.infer<typeof copying>>;

export const scoresEvent = z.discriminatedUnion('kind', [
  progress,
  z.strictObject({ kind: z.literal('start'), header: scoresHeader }),
  scoredHead,
  copying,
]);
export const scoresResult = z.strictObject({ seconds: z.number() });

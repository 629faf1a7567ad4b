/** The call that says what every head's pattern does. Behaviour, not importance. Imports terms only. */
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

const readScore = z.strictObject({
  id: z.string(),
  title: z.string(),
  /** Number of its rule in engine/scores/SPEC.md. */
  rule: z.string(),
  about: z.string(),
  formula: z.string(),
  source: z.string(),
  range: z.tuple([z.number(), z.number()]).readonly(),
  /** Prompts and queries that it was read on. */
  prompts: count,
  queries: count,
  /** What a head that attends to all visible keys alike would have. */
  uniform: z.number(),
});

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
});
export type ScoresHeader = Plain<z.infer<typeof scoresHeader>>;

const scoredHead = z.strictObject({
  kind: z.literal('head'),
  layer: count,
  head: count,
  /** By score id; over prompts. */
  values: z.record(z.string(), summary).readonly(),
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

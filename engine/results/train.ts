/** The call that trains a model from its configuration. Imports terms only. */
import * as z from 'zod';
import { progress } from './records.ts';

const count = z.int().min(1);
const share = z.number().min(0).max(1);
const notNegative = z.number().min(0);
/** Of a moving average: at 1 it would never move. */
const beta = z.number().min(0).lt(1);
const mix = z.record(z.string(), notNegative);

/** CONFIG.json of `headscope train`. */
export const trainConfig = z.strictObject({
  schema: z.literal('headscope-train'),
  schema_version: z.literal('1.0.0'),
  /** config.json of the model to be: any supported architecture. */
  model: z.record(z.string(), z.unknown()),
  /** Folder of the tokenizer's files, from the configuration file's folder. */
  tokenizer: z.string().min(1).exactOptional(),
  data: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('generated'),
      /** Share of each kind of text. */
      mix,
      /** Weight in the loss of tokens that their context does not determine (1: all alike). */
      otherWeight: share,
    }),
    z.strictObject({
      kind: z.literal('tokens'),
      /** Raw little-endian token ids, from the configuration file's folder. */
      files: z.array(z.string().min(1)).min(1).readonly(),
      type: z.enum(['uint16', 'uint32']),
    }),
  ]),
  /** One after the other: batches of `rows` rows of `length` tokens. */
  stages: z
    .array(z.strictObject({ steps: count, rows: count, length: count, mix: mix.exactOptional() }))
    .min(1)
    .readonly(),
  optimiser: z.strictObject({
    kind: z.literal('adamW'),
    betas: z.tuple([beta, beta]).readonly(),
    epsilon: z.number().positive(),
    weightDecay: notNegative,
    /** Largest length of the whole gradient; null: not clipped. */
    clip: z.number().positive().nullable(),
  }),
  schedule: z.strictObject({
    kind: z.enum(['cosine', 'linear', 'constant']),
    peak: z.number().positive(),
    warmup: z.int().min(0),
    /** Share of the peak that is left at the end. */
    floor: share,
  }),
  /** Standard deviations of the weights before training. */
  start: z.strictObject({
    embedding: notNegative,
    matrices: z.union([z.literal('fanIn'), z.number().positive()]),
    scaledOutputs: z.boolean(),
  }),
  /** A step's own seed is 2^32 times this plus the step: whole numbers end at 2^53. */
  seed: z.int().min(0).max(1_000_000),
  /** Steps between checkpoints. */
  checkpointEvery: count,
  dtype: z.enum(['float32', 'float16']),
});

export const trainRequest = z.strictObject({
  config: trainConfig,
  /** Folder that paths in the configuration start from. */
  base: z.string(),
  /** Folder of the model to be; a run that is there is gone on with. */
  out: z.string().min(1),
});

export const trainEvent = z.discriminatedUnion('kind', [
  progress,
  z.strictObject({
    kind: z.literal('start'),
    parameters: z.int(),
    steps: z.int(),
    resumedAt: z.int(),
  }),
  z.strictObject({
    kind: z.literal('step'),
    step: z.int(),
    /** Weighted cross entropy before the step, in nats. */
    loss: z.number(),
    gradientNorm: z.number(),
    learningRate: z.number(),
    tokensPerSecond: z.number(),
  }),
  z.strictObject({ kind: z.literal('checkpoint'), step: z.int() }),
]);

export const trainResult = z.strictObject({ folder: z.string(), steps: z.int(), seconds: z.number() });

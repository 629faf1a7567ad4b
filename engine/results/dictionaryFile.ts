/** What the metadata of `dictionary.safetensors` says, under the key `headscope-dictionary`, as JSON. Imports terms only. */
import * as z from 'zod';
import { dictionarySite, settingValues } from './dictionaries.ts';
import type { Plain } from './records.ts';

const count = z.int().min(0);
const positive = z.int().min(1);
const threshold = z.number().min(0);

/** Picks of a pursuit and groups of codes, at most: each takes memory of every row, or operations of the encoder's graph. */
export const mostPursuitSteps = 16_384;
export const mostGroups = 4096;

const encoder = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['relu', 'gated', 'jumpReLU', 'nearest', 'linear']) }),
  z.strictObject({ kind: z.literal('topK'), k: positive }),
  z.strictObject({
    kind: z.literal('matchingPursuit'),
    steps: positive.max(mostPursuitSteps),
    residualThreshold: threshold,
    relativeThreshold: threshold.exactOptional(),
    stopsOnRepeat: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('onePerGroup'), groups: z.array(positive).min(1).max(mostGroups).readonly() }),
]);

const input = z.strictObject({
  site: dictionarySite,
  layer: count.nullable(),
  head: z.union([count, z.enum(['concatenated', 'each'])]).nullable(),
  rows: z.enum(['token', 'promptMean']),
  valueBias: z.enum(['kept', 'folded']),
  centred: z.boolean(),
  scale: z.number().positive(),
  normalisation: z.enum(['none', 'constantNorm', 'layerNorm']),
  subtractsBias: z.boolean(),
});

export const dictionaryFile = z.strictObject({
  version: z.literal(1),
  width: positive,
  features: positive,
  encoder,
  input,
  origin: z.strictObject({
    made: z.enum(['trained', 'control', 'imported']),
    by: z.string(),
    settings: settingValues,
    seed: z.int().nullable(),
    steps: count.nullable(),
    samples: count.nullable(),
    text: z.string().nullable(),
  }),
  model: z.strictObject({ name: z.string(), fingerprint: z.string().nullable() }).nullable(),
  /** Name of the training that it belongs to; null: of none. */
  training: z.string().nullable(),
  created: z.string(),
});
export type DictionaryFile = Plain<z.infer<typeof dictionaryFile>>;

/** labels.json, at most: what half a million features with labels of 100 letters take. */
export const mostLabelBytes = 64 * 2 ** 20;

/** labels.json: feature -> what somebody called it. */
export const labelsFile = z.record(z.string().regex(/^\d{1,9}$/, 'a feature'), z.string().min(1).max(2000)).readonly();

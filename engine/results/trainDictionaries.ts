/** The call that trains dictionaries side by side over one pass of activations, and the one that measures them. Imports terms only. */
import * as z from 'zod';
import { dictionaryCard, dictionaryMeasures, dictionaryPlace, rowsFrom, settingValues } from './dictionaries.ts';
import type { Plain } from './records.ts';
import { modelIdentity, modelShape, onModel, progress } from './records.ts';

const count = z.int().min(0);
const positive = z.int().min(1);
/** Ends of a 95 % interval. */
const interval = z.tuple([z.number(), z.number()]).readonly();

/** One of those that train together. */
const dictionaryToTrain = z.strictObject({
  /** Name of its folder: letters, digits, dots, dashes and underscores. */
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'a name of letters, digits, dots, dashes, underscores'),
  variant: z.string(),
  features: positive.max(1_000_000),
  place: dictionaryPlace,
  settings: settingValues,
  /** `averageNorm`: x is multiplied so that its mean length is sqrt(D), measured on the first rows. */
  normalisation: z.enum(['none', 'averageNorm', 'constantNorm', 'layerNorm']),
  learningRate: z.number().positive(),
  seed: z.int().min(0).max(1_000_000),
  /** Hull of anchors that decoder rows are held in (archetypal); none where omitted. */
  archetypal: z.strictObject({ anchors: positive, relaxation: z.number().min(0) }).exactOptional(),
  /** What is done about features that died; the variant's own way where omitted. */
  remedy: z.enum(['none', 'auxK', 'ghost', 'push', 'resample']).exactOptional(),
});
export type DictionaryToTrain = Plain<z.infer<typeof dictionaryToTrain>>;

export const trainDictionariesRequest = z.strictObject({
  ...onModel,
  /** Folder of the training: a folder for each dictionary in it, and the state that it goes on from. */
  out: z.string().min(1),
  dictionaries: z.array(dictionaryToTrain).min(1).max(256).readonly(),
  rows: rowsFrom,
  /** Steps of each, and rows of a step. */
  steps: positive.max(10_000_000),
  batch: positive.max(1_000_000),
  /** Rows that are shuffled together; where there are more, the next ones follow when these were used. */
  pool: positive,
  /** Bytes of disk that the pool may take; within `memory` bytes it stays in memory. */
  disk: count,
  memory: count,
  /** Rows held out for measures. */
  heldOut: positive.max(1_000_000),
  /** Ids of controls made on the same rows, for each of the dictionaries. */
  controls: z.array(z.string()).readonly(),
  /** Steps between two measurings on held-out rows; each measures loss recovered on this many tokens (0: never). */
  measureEvery: positive,
  lossTokens: count,
  /** Of the order of rows. */
  seed: z.int().min(0).max(1_000_000),
  /** Goes on from a finished or stopped training of the same dictionaries, with other rates, settings or steps: a fork. */
  from: z.string().min(1).exactOptional(),
});

const header = z.strictObject({
  model: modelIdentity,
  shape: modelShape,
  out: z.string(),
  dictionaries: z
    .array(
      z.strictObject({
        name: z.string(),
        variant: z.string(),
        place: dictionaryPlace,
        /** `z of L9H6` */
        reads: z.string(),
        width: count,
        features: count,
        /** Id of the control that it is, and name of the dictionary that it stands beside; null where it is trained. */
        control: z.strictObject({ id: z.string(), of: z.string() }).nullable(),
      }),
    )
    .readonly(),
  /** Rows that there are, that a pool has, and that are held out. */
  rows: z.strictObject({ total: count, pool: count, heldOut: count, source: z.string(), tokenIdsSha256: z.string() }),
  steps: count,
  batch: count,
  /** Steps between two `step` events. */
  reportEvery: count,
  notes: z.array(z.string()).readonly(),
});
export type TrainDictionariesHeader = Plain<z.infer<typeof header>>;

/** Of one dictionary at one step, on its batch. */
const stepOf = z.strictObject({
  name: z.string(),
  loss: z.number(),
  reconstruction: z.number(),
  sparsity: z.number().nullable(),
  auxiliary: z.number().nullable(),
  /** Of the batch. */
  unexplained: z.number(),
  active: z.number(),
  /** Features that were not active within the window. */
  dead: count,
  learningRate: z.number(),
  resampled: count,
});

const trainingStep = z.strictObject({
  kind: z.literal('step'),
  /** Steps taken. */
  step: count,
  dictionaries: z.array(stepOf).readonly(),
  /** Since the training began, resumptions included. */
  seconds: z.number(),
});
export type DictionaryStepRow = Plain<z.infer<typeof trainingStep>>;

const measuredRow = z.strictObject({
  kind: z.literal('measured'),
  step: count,
  name: z.string(),
  measures: dictionaryMeasures,
});
export type DictionaryMeasuredRow = Plain<z.infer<typeof measuredRow>>;

export const trainDictionariesEvent = z.discriminatedUnion('kind', [
  progress,
  /** `resumedAt`: the step that a training goes on after; null at its beginning. */
  z.strictObject({ kind: z.literal('start'), header, resumedAt: count.nullable() }),
  trainingStep,
  measuredRow,
  z.strictObject({ kind: z.literal('checkpoint'), step: count }),
]);
export const trainDictionariesResult = z.strictObject({
  dictionaries: z.array(dictionaryCard).readonly(),
  steps: count,
  seconds: z.number(),
  /** Of them, running the model. */
  modelSeconds: z.number(),
  warnings: z.array(z.string()).readonly(),
});

export const measureDictionariesRequest = z.strictObject({
  ...onModel,
  /** Folders of dictionaries. */
  dictionaries: z.array(z.string().min(1)).min(1).max(256).readonly(),
  rows: rowsFrom,
  /** At most. */
  count: positive,
  /** Tokens of loss recovered (0: not measured). */
  lossTokens: count,
  controls: z.array(z.string()).readonly(),
  /** Probes for attributes that a task's prompts have (IO name, position ...): best single feature, and k features. */
  probing: z.array(positive).max(10).readonly(),
  /** Makelov's three axes; prompts of IOI only. */
  attributes: z.boolean(),
  seed: z.int().min(0).max(1_000_000),
});

/** How well an attribute can be read off few features (sparse probing). */
const probeRow = z.strictObject({
  kind: z.literal('probe'),
  name: z.string(),
  attribute: z.string(),
  k: positive,
  /** The features, best first; accuracy on held-out prompts, beside that of all of x and of the commonest value. */
  features: z.array(count).readonly(),
  accuracy: z.number(),
  full: z.number(),
  chance: z.number(),
  /** Held-out prompts, no two alike and none that the probe was fitted to (older runs: prompts as they came). */
  n: count,
  /** 95 %, Wilson's of a share of n. Not in older runs. */
  intervals: z.strictObject({ accuracy: interval, full: interval, chance: interval }).exactOptional(),
});
export type ProbeRow = Plain<z.infer<typeof probeRow>>;

/** Makelov, Lange and Nanda 2024: one of the three axes for one attribute. */
const attributeRow = z.strictObject({
  kind: z.literal('attribute'),
  name: z.string(),
  axis: z.enum(['approximation', 'control', 'interpretability']),
  /** Which number of the axis: `sufficiency`, `necessity`, `edit success at 2 features`, `F1` ... */
  measure: z.string(),
  attribute: z.string(),
  value: z.number(),
  n: count,
  /** 95 % over the n held prompts; null where it says nothing, and of shares of features. Not in older runs. */
  interval: interval.nullable().exactOptional(),
});
export type AttributeRow = Plain<z.infer<typeof attributeRow>>;

export const measureDictionariesEvent = z.discriminatedUnion('kind', [
  progress,
  z.strictObject({
    kind: z.literal('start'),
    header: z.strictObject({
      model: modelIdentity,
      shape: modelShape,
      dictionaries: z.array(dictionaryCard).readonly(),
      rows: count,
      source: z.string(),
      notes: z.array(z.string()).readonly(),
    }),
  }),
  z.strictObject({
    kind: z.literal('row'),
    /** Folder of the dictionary; of a control, that of the dictionary that it stands beside. */
    path: z.string(),
    name: z.string(),
    control: z.string().nullable(),
    measures: dictionaryMeasures,
    /** exp(entropy) of the spectrum of its rows less their mean, and of its directions; null where they are too wide. */
    effectiveRank: z.strictObject({ rows: z.number(), decoder: z.number() }).nullable().exactOptional(),
  }),
  probeRow,
  attributeRow,
]);
export const measureDictionariesResult = z.strictObject({
  seconds: z.number(),
  warnings: z.array(z.string()).readonly(),
});

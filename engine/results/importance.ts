/** The call that asks what each unit of a model is worth on a text, by several criteria. Imports terms only. */
import * as z from 'zod';
import { measuredHeader } from './measured.ts';
import { metricFamilies } from '../terms/metricFamilies.ts';
import type { Plain } from './records.ts';
import { ablationUnit, onModel, progress, summary } from './records.ts';

const count = z.int().min(0);
const share = z.number().min(0).max(1);
const numbers = z.array(z.number()).readonly();

const absGranularity = z.enum(['token', 'example', 'batch']);
const replacedBy = z.enum(['zero', 'mean']);

/** Stories of the program's own, or documents of the user's: joined and cut into windows. */
export const calibrationTexts = z.strictObject({
  source: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('stories') }),
    z.strictObject({
      kind: z.literal('documents'),
      /** Of the files. */
      name: z.string(),
      documents: z
        .array(z.strictObject({ name: z.string(), text: z.string() }))
        .min(1)
        .max(100_000)
        .readonly(),
    }),
  ]),
  /** Most windows, and tokens of each with BOS. */
  n: z.int().min(1).max(10_000),
  length: z.int().min(2).max(1_000_000),
});
export type CalibrationTexts = Plain<z.infer<typeof calibrationTexts>>;

const place = { layer: count, index: count };

const valuesRow = z.strictObject({
  kind: z.literal('row'),
  of: z.literal('values'),
  criterion: z.string(),
  unit: ablationUnit,
  /** Unit by unit, layer by layer. */
  values: numbers,
});

const ablationRow = z.strictObject({
  kind: z.literal('row'),
  of: z.literal('ablation'),
  by: replacedBy,
  unit: ablationUnit,
  ...place,
  /** Loss without it minus loss with it, nats a token. */
  change: summary,
  /** KL(full || without) of the next token, nats. */
  kl: summary,
  /** Share of tokens whose first choice is another. */
  flips: share,
  /** `change` in each sample of the header. */
  bySample: numbers,
});
export type ImportanceAblation = Plain<z.infer<typeof ablationRow>>;

/** One order of removal of the Shapley values. */
const orderRow = z.strictObject({
  kind: z.literal('row'),
  of: z.literal('order'),
  order: count,
  /** Unit by unit: what the loss rose by at its turn, nats a token. */
  shares: numbers,
  /** Losses that were measured. */
  measured: count,
  /** Units that were still in when it was cut short. */
  left: count,
});

const importanceRow = z.discriminatedUnion('of', [valuesRow, ablationRow, orderRow]);
export type ImportanceRow = Plain<z.infer<typeof importanceRow>>;

export const importanceRequest = z.strictObject({
  ...onModel,
  unit: ablationUnit,
  criteria: z.array(z.string()).min(1).max(100).readonly(),
  texts: calibrationTexts,
  /** KV groups: each head is ablated by itself too, for the sums beside the joint value. */
  heads: z.boolean().exactOptional(),
  /** Where the gate gradient takes its magnitude; each token's where omitted. */
  absGranularity: absGranularity.exactOptional(),
  /** Orders of removal, when one is cut short, and how many of the windows; 20, 0.01 and 1 where omitted. */
  shapley: z
    .strictObject({ orders: z.int().min(1).max(100_000), tolerance: share, windows: z.int().min(1) })
    .exactOptional(),
  /** Ends after the header, which says how long it will take. */
  estimateOnly: z.boolean().exactOptional(),
  /** Of the stories, the orders, the control and the bootstrap. */
  seed: z.int(),
  /** Rows of a run that goes on, from its first. */
  known: z.array(importanceRow).readonly().exactOptional(),
});

const criterionFacts = z.strictObject({
  id: z.string(),
  title: z.string(),
  /** Number of its rule in engine/prune/SPEC.md. */
  rule: z.string(),
  family: z.enum(metricFamilies),
  formula: z.string(),
  source: z.string(),
  unit: z.string(),
  signed: z.boolean(),
  direction: z.literal('higher_keeps'),
  /** What takes the unit's place, at all positions; null where nothing is replaced. */
  ablation: replacedBy.nullable(),
  absGranularity: absGranularity.nullable(),
});

const estimate = z.strictObject({
  /** `pass`, `ablation`, `gradients`, `shapley`. */
  step: z.string(),
  seconds: z.number(),
  about: z.string(),
});
export type ImportanceEstimate = Plain<z.infer<typeof estimate>>;

const importanceHeader = z.strictObject({
  ...measuredHeader,
  unit: ablationUnit,
  /** That the run will have. */
  rows: count,
  criteria: z.array(criterionFacts).readonly(),
  /** Beside what `calibration` says. */
  text: z.strictObject({ predicted: count, documents: count, bosPrepended: z.boolean() }),
  /** What intervals are drawn over, and the unedited model's loss in each; nats a token. */
  samples: z.strictObject({
    unit: z.enum(['document', 'window']),
    list: z.array(z.strictObject({ name: z.string(), tokens: count, loss: z.number() })).readonly(),
  }),
  loss: summary,
  shapley: z
    .strictObject({ orders: count, tolerance: share, windows: count, all: z.number(), none: z.number() })
    .nullable(),
  estimates: z.array(estimate).readonly(),
});
export type ImportanceHeader = Plain<z.infer<typeof importanceHeader>>;

const unitValue = z.strictObject({
  value: z.number(),
  /** Over samples, or over pairs of orders; null for what is one number of the whole text, and where there is one of them. */
  interval: z.tuple([z.number(), z.number()]).readonly().nullable(),
  /** Beside the interval: how many samples, or pairs of orders, the value is the mean of; absent where it has none. */
  standardError: z.number().exactOptional(),
  n: count.exactOptional(),
  /** Divided by the norm over the layer's units: layers can't be compared by it. */
  layerL2: z.number(),
  /** 1 is the most important. */
  rank: z.number(),
  /** Of the heads in a KV group, each by itself, where they are known. */
  heads: z.strictObject({ max: z.number(), mean: z.number(), sum: z.number() }).nullable(),
});

const importanceUnit = z.strictObject({
  kind: z.literal('unit'),
  unit: ablationUnit,
  ...place,
  values: z.record(z.string(), unitValue).readonly(),
});
export type ImportanceOfUnit = Plain<z.infer<typeof importanceUnit>>;

export const importanceEvent = z.union([
  progress,
  z.strictObject({ kind: z.literal('start'), header: importanceHeader }),
  importanceRow,
  /** After the first pair of orders: what is left, as cut short as those were. */
  z.strictObject({ kind: z.literal('estimate'), ...estimate.shape }),
  importanceUnit,
]);

const pair = z.strictObject({
  a: z.string(),
  b: z.string(),
  spearman: z.number().nullable(),
  kendall: z.number().nullable(),
  /** Share of the k most and of the k least important that both have. */
  overlap: z.array(z.strictObject({ k: count, most: share, least: share })).readonly(),
  /** Units whose ranks differ most. */
  furthest: z.array(z.strictObject({ ...place, rankA: z.number(), rankB: z.number() })).readonly(),
});

export const importanceResult = z.strictObject({
  seconds: z.number(),
  pairs: z.array(pair).readonly(),
  /** Mean rank of each layer's units as a share, 1 for the most important. */
  profiles: z.array(z.strictObject({ criterion: z.string(), byLayer: numbers })).readonly(),
  warnings: z.array(z.string()).readonly(),
});

/** Calls about the features of a dictionary: where they are active, what they do, editing them. Imports terms only. */
import * as z from 'zod';
import { dictionaryCard, rowsFrom } from './dictionaries.ts';
import { dictionaryPath } from './dictionaryFiles.ts';
import type { Plain } from './records.ts';
import { edits, float32, modelIdentity, onModel, progress, promptInput, uint32 } from './records.ts';
import { nextToken } from './prediction.ts';

const count = z.int().min(0);
const positive = z.int().min(1);

const onDictionary = { ...onModel, dictionary: dictionaryPath };

/** Reads text and keeps, of every feature, its strongest contexts and some by quantile. What it finds is stored beside the dictionary. */
export const collectFeaturesRequest = z.strictObject({
  ...onDictionary,
  rows: rowsFrom,
  /** Contexts of each kind, and tokens of a context: so many before the one it is about, and after it. */
  strongest: positive.max(100),
  perQuantile: count.max(20),
  before: count.max(500),
  after: count.max(500),
  seed: z.int().min(0).max(1_000_000),
});
export const collectFeaturesEvent = z.discriminatedUnion('kind', [
  progress,
  z.strictObject({ kind: z.literal('start'), model: modelIdentity, dictionary: dictionaryCard, rows: count }),
]);
export const collectFeaturesResult = z.strictObject({
  rows: count,
  alive: count,
  seconds: z.number(),
  warnings: z.array(z.string()).readonly(),
});

/** A stretch of text around the token where the feature is active. */
const featureContext = z.strictObject({
  /** `strongest`, or the share of the largest activation that it was drawn from. */
  group: z.enum(['strongest', '75 to 100 %', '50 to 75 %', '25 to 50 %', '0 to 25 %']),
  tokens: z.array(z.string()).readonly(),
  /** [tokens] activation at each. */
  values: float32,
  /** Place among the tokens of the one that it is about. */
  at: count,
  /** Where it comes from: `story 12`, `prompt 3`. */
  source: z.string(),
});
export type FeatureContext = Plain<z.infer<typeof featureContext>>;

const weighedToken = z.strictObject({ id: count, text: z.string(), value: z.number() });

export const featureRequest = z.strictObject({
  ...onDictionary,
  feature: count,
  /** Tokens up and down, and similar features. */
  top: positive.max(100),
  /** Another dictionary of the same width, whose nearest features are wanted too. */
  beside: dictionaryPath.exactOptional(),
});
const similarFeature = z.strictObject({ feature: count, cosine: z.number(), label: z.string().nullable() });
export const featureResult = z.strictObject({
  feature: count,
  label: z.string().nullable(),
  /** On the collected text; null before anything was collected. */
  activity: z
    .strictObject({
      rows: count,
      active: count,
      mean: z.number(),
      largest: z.number(),
      histogram: z.strictObject({ edges: z.array(z.number()).readonly(), counts: z.array(count).readonly() }),
    })
    .nullable(),
  contexts: z.array(featureContext).readonly(),
  /**
   * Logits that one unit of the feature writes straight to the unembedding, through the last norm held at its mean scale; null
   * for sites whose writes are not added to the stream.
   */
  logits: z
    .strictObject({ up: z.array(weighedToken).readonly(), down: z.array(weighedToken).readonly(), note: z.string() })
    .nullable(),
  /** Length of the part of its decoder row that is each head's, over the sum of those lengths (Kissane et al. 2024); null for one head. */
  heads: z
    .array(z.strictObject({ head: count, share: z.number() }))
    .readonly()
    .nullable(),
  similar: z.array(similarFeature).readonly(),
  beside: z.array(similarFeature).readonly().nullable(),
});
export type FeatureCard = Plain<z.infer<typeof featureResult>>;

export const encodePromptRequest = z.strictObject({
  ...onDictionary,
  prompt: promptInput,
  edits: edits.exactOptional(),
});
/** Codes of a prompt, sparse: of position p, entries starts[p] to starts[p + 1]. */
export const encodePromptResult = z.strictObject({
  tokens: z.array(z.string()).readonly(),
  starts: uint32,
  features: uint32,
  values: float32,
  /** [positions] |x - x^|^2 / |x|^2 */
  error: float32,
  labels: z.array(z.strictObject({ feature: count, label: z.string() })).readonly(),
});

/** Why is it active there? Attention patterns are held, so that the sum is exact. */
export const attributeFeatureRequest = z.strictObject({
  ...onDictionary,
  feature: count,
  prompt: promptInput,
  position: count,
  /** Dictionaries of earlier layers, whose features the source stream is split into. */
  through: z.array(dictionaryPath).max(16).readonly().exactOptional(),
  /**
   * Steps back through them: the features that are found are split in turn, down to a share of the pre-activation. Absent: one,
   * and no `steps` are given.
   */
  back: z.strictObject({ depth: positive.max(8), least: z.number().min(0).max(1) }).exactOptional(),
});

const throughFeature = z.strictObject({ dictionary: z.string(), feature: count, position: count, value: z.number() });

/**
 * A feature whose value is split: bias, features of dictionaries before it, those below the share together, and what no feature
 * stands for (other writes, what the dictionaries leave unexplained, and less what several of them explain at once). The four add
 * up to `value`. All in units of the pre-activation that was asked about.
 */
const attributionStep = z.strictObject({
  ...throughFeature.shape,
  /** Number of the step that lists it; null: the feature itself. */
  from: count.nullable(),
  depth: count,
  bias: z.number(),
  features: z.array(throughFeature).readonly(),
  smaller: z.number(),
  rest: z.number(),
  /** What rounding leaves of the split. */
  difference: z.number(),
});
export const attributeFeatureResult = z.strictObject({
  tokens: z.array(z.string()).readonly(),
  /** The pre-activation that is split, and what of it is no token's: biases. Their sum with all of `bySource` is `preActivation`. */
  preActivation: z.number(),
  activation: z.number(),
  bias: z.number(),
  /** |sum - preActivation| */
  difference: z.number(),
  heads: z.array(count).readonly(),
  /** Of those heads, and of the site that is split. */
  layer: count.exactOptional(),
  /** [heads, positions]: what each source token gives through each head. */
  bySource: float32,
  /** Direct feature attribution of parts of the source's stream: embedding, heads, MLPs before; null where the site has no source. */
  byPart: z
    .array(z.strictObject({ part: z.string(), position: count, value: z.number() }))
    .readonly()
    .nullable(),
  /** Of the strongest head: what of its score at the strongest source comes from which parts of query and key streams. */
  query: z
    .strictObject({
      head: count,
      source: count,
      score: z.number(),
      parts: z
        .array(z.strictObject({ side: z.enum(['query', 'key']), part: z.string(), value: z.number() }))
        .readonly(),
    })
    .nullable(),
  /** Features of earlier dictionaries at the source positions, strongest first. */
  features: z.array(throughFeature).readonly(),
  /** The feature itself, then those that were gone back to, the largest first. */
  steps: z.array(attributionStep).readonly().exactOptional(),
  notes: z.array(z.string()).readonly(),
});
export type FeatureAttribution = Plain<z.infer<typeof attributeFeatureResult>>;

/** An ordinary edit that turns a feature off, scales it or adds it; the part that the dictionary does not explain stays. */
export const editFeatureRequest = z.strictObject({
  ...onDictionary,
  feature: count,
  prompt: promptInput,
  change: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('scale'), by: z.number().min(-100).max(100) }),
    z.strictObject({ kind: z.literal('add'), amount: z.number() }),
  ]),
  /** All where omitted. */
  positions: z.array(count).min(1).readonly().exactOptional(),
  /** Next tokens that are returned. */
  top: positive.max(100),
});
export const editFeatureResult = z.strictObject({
  /** As `run`, `generate` and every other call take them. */
  edits,
  before: z.array(nextToken).readonly(),
  after: z.array(nextToken).readonly(),
  /** KL(before || after) at the last position, nats. */
  kl: z.number(),
});

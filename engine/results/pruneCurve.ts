/** The call behind the pruning view: loss, divergence and task metric against how many units are gone. Imports terms only. */
import * as z from 'zod';
import { calibrationTexts } from './importance.ts';
import { measuredPrompts } from './measured.ts';
import { planBasis } from './planBasis.ts';
import { planUnit, pruneUnit, removalOrder } from './planUnit.ts';
import type { Plain } from './records.ts';
import { metricId, modelIdentity, modelShape, onModel, progress, summary } from './records.ts';

const count = z.int().min(0);

export const pruneCurveRequest = z.strictObject({
  ...onModel,
  unit: pruneUnit,
  order: removalOrder,
  /** What made the order: kept for the file of the plan, and not looked at here. */
  basis: planBasis.exactOptional(),
  /** How many units are gone at each point, rising; one alone answers a slider. */
  points: z.array(count).min(1).max(10_000).readonly(),
  /** Random orders beside it, layer by layer as many: none, or at least 10. */
  draws: count.max(1000),
  /** Units that the order had to leave: random orders leave them too. None of them may be in the order. */
  kept: z.array(planUnit).max(100_000).readonly().exactOptional(),
  /** Says first what the first quarter of the windows says of the first point. */
  glance: z.boolean().exactOptional(),
  texts: calibrationTexts,
  /** A task measured beside the text. */
  task: measuredPrompts.exactOptional(),
  /** Default: the task's own. */
  metric: metricId.exactOptional(),
  /** Of texts, random orders and bootstrap. */
  seed: z.int(),
  /** Points that are known already: a run that goes on. */
  done: count.exactOptional(),
});

/** Windows of text that a number was measured on. */
const textFacts = z.strictObject({
  /** `stories`, or the files' names. */
  source: z.string(),
  n: count,
  length: count,
  tokens: count,
  tokenIdsSha256: z.string(),
  /** What intervals are drawn over, and how many there are. */
  samples: z.strictObject({ of: z.enum(['document', 'window']), n: count }),
});
export type TextFacts = Plain<z.infer<typeof textFacts>>;

/** What is gone with the first `units` of the order. */
const curveSize = z.strictObject({
  units: count,
  heads: count,
  /** Weights that only these heads use. */
  parameters: count,
  /** Of keys and values, one token, float32. */
  kvBytes: count,
});

const pruneCurveHeader = z.strictObject({
  model: modelIdentity,
  shape: modelShape,
  unit: pruneUnit,
  order: removalOrder,
  points: z.array(count).readonly(),
  /** The random orders; `shared` of their units are in the plan too, where a layer has too few others. */
  random: z.array(z.strictObject({ order: removalOrder, shared: count })).readonly(),
  sizes: z.array(curveSize).readonly(),
  texts: textFacts,
  task: z.strictObject({ name: z.string(), n: count, metricId }).nullable(),
  seed: z.int(),
});
export type PruneCurveHeader = Plain<z.infer<typeof pruneCurveHeader>>;

const curvePoint = z.strictObject({
  kind: z.literal('point'),
  /** Null: the order that was asked for; else which random one. */
  draw: count.nullable(),
  units: count,
  /** Nats a token. */
  loss: summary,
  /** Pruned minus full, paired by document, or by window of one document. */
  change: summary,
  /** KL(full || pruned) of the next token, nats. */
  kl: summary,
  metric: summary.nullable(),
  metricChange: summary.nullable(),
});
export type CurvePoint = Plain<z.infer<typeof curvePoint>>;

export const pruneCurveEvent = z.discriminatedUnion('kind', [
  progress,
  z.strictObject({ kind: z.literal('start'), header: pruneCurveHeader }),
  /** The point on `windows` of the windows alone, while the others are measured; of the task nothing is known yet. */
  z.strictObject({ kind: z.literal('glance'), units: count, windows: count, change: summary, kl: summary }),
  z.strictObject({ kind: z.literal('full'), loss: summary, metric: summary.nullable() }),
  curvePoint,
]);
export const pruneCurveResult = z.strictObject({ seconds: z.number(), warnings: z.array(z.string()).readonly() });

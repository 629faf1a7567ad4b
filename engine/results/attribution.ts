/** The call that estimates what replacing each unit would change, from gradients. Imports terms only. */
import * as z from 'zod';
import { measuredHeader, measuredPrompts, unitPlace } from './measured.ts';
import type { ablationUnit, Plain } from './records.ts';
import { metricId, onModel, progress, summary } from './records.ts';
import { baseline } from './taskReport.ts';

export const attributionMethod = z.enum(['atp', 'taylor', 'gradxact', 'integrated']);
export const attributionSite = z.enum(['z', 'headWrite', 'mlpOut', 'residPre', 'q', 'k', 'v']);
export type AttributionSite = z.infer<typeof attributionSite>;

/** What is replaced as one at each site. */
export const unitOfSite = {
  z: 'head',
  headWrite: 'head',
  q: 'head',
  k: 'kv-group',
  v: 'kv-group',
  mlpOut: 'mlp',
  residPre: 'layer',
} as const satisfies Record<AttributionSite, z.infer<typeof ablationUnit>>;

/** Of the absolute value that `taylor` takes: of each token's share of the gradient, or of their sum in each prompt. */
const granularity = z.enum(['token', 'example']);
const steps = z.int().min(1).max(1000);

export const attributeRequest = z.strictObject({
  ...onModel,
  prompts: measuredPrompts,
  method: attributionMethod,
  /** z where omitted. */
  sites: z.array(attributionSite).min(1).readonly().exactOptional(),
  /** Points on the way from the corrupt to the clean embeddings; `integrated` only. */
  steps: steps.exactOptional(),
  /** The patterns that another query or key makes, recomputed instead of estimated; `atp` at q and k only (AtP*). */
  qkCorrection: z.boolean().exactOptional(),
  /** Mean magnitude over gradients that each leave one layer out; `atp` only (AtP*). */
  gradDrop: z.boolean().exactOptional(),
  /** `taylor` only; example where omitted. */
  granularity: granularity.exactOptional(),
  /** Default: the task's own metric; logitDifference for a prompt file. The rank has no gradient. */
  metric: metricId.exactOptional(),
  /** Of the bootstrap, and of the prompts where a task makes them. */
  seed: z.int(),
});

/** How the estimates are made, with what was left open filled in; null for what the method does not have. */
const attributionSettings = z.strictObject({
  method: attributionMethod,
  steps: steps.nullable(),
  qkCorrection: z.boolean(),
  gradDrop: z.boolean(),
  granularity: granularity.nullable(),
});
export type AttributionSettings = Plain<z.infer<typeof attributionSettings>>;

/** Is the effect a size without a sign? */
export function isMagnitude({ method: by, gradDrop }: AttributionSettings): boolean {
  return by === 'taylor' || gradDrop;
}

/** Sent first, so that a cancelled run can be saved too. */
const attributionHeader = z.strictObject({
  ...measuredHeader,
  settings: attributionSettings,
  sites: z.array(attributionSite).readonly(),
});
export type AttributionHeader = Plain<z.infer<typeof attributionHeader>>;

/** Effect: estimate of edited minus clean; a magnitude where the method takes one. */
const attributedUnit = z.strictObject({
  kind: z.literal('unit'),
  site: attributionSite,
  ...unitPlace,
  effect: summary,
});
export type AttributedUnit = Plain<z.infer<typeof attributedUnit>>;

export const attributeEvent = z.discriminatedUnion('kind', [
  progress,
  z.strictObject({ kind: z.literal('start'), header: attributionHeader }),
  z.strictObject({ kind: z.literal('baseline'), baseline }),
  attributedUnit,
]);
export const attributeResult = z.strictObject({ seconds: z.number(), warnings: z.array(z.string()).readonly() });

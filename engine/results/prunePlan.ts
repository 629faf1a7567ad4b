/** The call that plans which units go, one after the other. Imports terms only. */
import * as z from 'zod';
import { metricFamilies } from '../terms/metricFamilies.ts';
import { calibrationTexts } from './importance.ts';
import { measuredHeader } from './measured.ts';
import { planBasis } from './planBasis.ts';
import { planUnit, pruneUnit, removalOrder, unitValue } from './planUnit.ts';
import { legalities } from './pruneLegality.ts';
import type { Plain } from './records.ts';
import { onModel, progress, summary } from './records.ts';

const count = z.int().min(0);
const family = z.enum(metricFamilies);

/** Most that may go; `loss`: most that the loss may rise, in nats a token. */
const pruneBudget = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('heads'), atMost: z.int().min(1) }),
  z.strictObject({ kind: z.literal('parameters'), atMost: z.int().min(1) }),
  /** Of keys and values, one token, float32. */
  z.strictObject({ kind: z.literal('kvBytes'), atMost: z.int().min(1) }),
  z.strictObject({ kind: z.literal('loss'), atMost: z.number().min(0) }),
]);
export type PruneBudget = Plain<z.infer<typeof pruneBudget>>;

export const prunePlanRequest = z.strictObject({
  ...onModel,
  unit: pruneUnit,
  texts: calibrationTexts,
  ...planBasis.shape,
  /** First to last to go, where that is known already: as many go as the budget allows, and none is chosen anew. */
  order: removalOrder.exactOptional(),
  budget: pruneBudget,
  /** Random plans of the same make-up, measured beside it. */
  draws: z.int().min(10).max(1000),
  seed: z.int(),
});

/** The criterion where a request brings no costs. */
export const lossRise = 'rise of the loss';

const planStep = z.strictObject({
  kind: z.literal('step'),
  step: count,
  ...planUnit.shape,
  /** By which it was chosen. */
  cost: z.number(),
  /** Rise of the loss by this step, and by all so far, in nats a token. */
  delta: z.number(),
  cumulative: z.number(),
});
export type PlanStep = Plain<z.infer<typeof planStep>>;

const pruned = { change: summary, kl: summary };

export const prunePlanEvent = z.discriminatedUnion('kind', [
  progress,
  z.strictObject({ kind: z.literal('start'), header: z.strictObject(measuredHeader) }),
  /** What the full model's loss is, and what each unit costs alone. */
  z.strictObject({
    kind: z.literal('costs'),
    name: z.string(),
    family,
    loss: summary,
    costs: z.array(unitValue).readonly(),
  }),
  planStep,
  z.strictObject({ kind: z.literal('rescored'), step: count, costs: z.array(unitValue).readonly() }),
  /** The finished plan against the full model. */
  z.strictObject({ kind: z.literal('plan'), units: count, ...pruned }),
  z.strictObject({ kind: z.literal('random'), draw: count, shared: count, ...pruned }),
]);

const sizes = z.strictObject({ parameters: count, kvBytesPerToken: count });
const byLayer = z.array(z.array(count).readonly()).readonly();

export const prunePlanResult = z.strictObject({
  unit: pruneUnit,
  /** By layer: query heads that go, KV groups of which none stays, heads that stay. */
  heads: byLayer,
  kvGroups: byLayer,
  keep: byLayer,
  minPerLayer: count,
  rescoredEvery: count.nullable(),
  budget: pruneBudget,
  /** Budget used up, every layer at its minimum, or all of a given order gone. */
  stopped: z.enum(['budget', 'minimum', 'order']),
  /** Of the random plans, one drawn after the other. */
  seed: z.int(),
  protected: z.array(z.strictObject({ ...planUnit.shape, reason: z.string() })).readonly(),
  /** Which programs can run the result, in words; none of them was tried. */
  legal: legalities,
  /** Where what goes lies in the weights: ranges [from, to) along a stored axis. */
  slices: z
    .array(z.strictObject({ tensor: z.string(), axis: count, ranges: z.array(z.tuple([count, count])).readonly() }))
    .readonly(),
  before: sizes,
  after: sizes,
  seconds: z.number(),
  warnings: z.array(z.string()).readonly(),
});
export type PrunePlan = Plain<z.infer<typeof prunePlanResult>>;

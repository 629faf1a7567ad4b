/** By what an order of removal is made. Imports terms only. */
import * as z from 'zod';
import { metricFamilies } from '../terms/metricFamilies.ts';
import { planUnit, unitValue } from './planUnit.ts';
import type { Plain } from './records.ts';
import { headRef } from './units.ts';

const headValues = z
  .array(z.strictObject({ ...headRef.shape, value: z.number() }))
  .max(100_000)
  .readonly();

export const planBasis = z.strictObject({
  /** Cost of every unit by some criterion, the cheapest goes first; absent: the rise of the loss without it, measured. */
  costs: z
    .strictObject({
      name: z.string().min(1).max(200),
      family: z.enum(metricFamilies),
      values: z.array(unitValue).min(1).max(100_000).readonly(),
    })
    .exactOptional(),
  protect: z.strictObject({
    pinned: z.array(planUnit).max(100_000).readonly(),
    /** Heads with a retrieval score of 0.1 or more stay, and those with an induction score above 0.4. */
    retrieval: headValues,
    induction: headValues,
  }),
  /** Units that a layer keeps; 0 lets a layer lose all. */
  minPerLayer: z.int().min(0).max(1024),
  /** After every `every` removals the cheapest `share` of what is left is measured anew, by the loss; null: never. */
  rescore: z.strictObject({ every: z.int().min(1), share: z.number().min(0).max(1) }).nullable(),
});
export type PlanBasis = Plain<z.infer<typeof planBasis>>;

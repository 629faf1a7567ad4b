/** What a plan of pruning removes at a time. Imports nothing of this project but plain types. */
import * as z from 'zod';
import type { Plain } from './records.ts';

const count = z.int().min(0);

export const pruneUnit = z.enum(['head', 'kv-group']);
/** A query head, or a KV group with all its query heads: `index` in its layer. */
export const planUnit = z.strictObject({ layer: count, index: count });
export type PlanUnit = Plain<z.infer<typeof planUnit>>;

/** First to last to go. */
export const removalOrder = z.array(planUnit).min(1).max(100_000).readonly();
/** A unit with what its removal costs. */
export const unitValue = z.strictObject({ ...planUnit.shape, value: z.number() });

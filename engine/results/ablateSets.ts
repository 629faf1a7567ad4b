/** The call that measures sets of heads: pairs, greedy growth, a list. Imports terms only. */
import * as z from 'zod';
import { measuredHeader, measuredPrompts } from './measured.ts';
import type { Plain } from './records.ts';
import { ablationKind, metricId, onModel, progress, promptFile, scaleBy, summary } from './records.ts';
import { baseline } from './taskReport.ts';
import { headRef } from './units.ts';

const count = z.int().min(0);
const heads = z.array(headRef).min(1).max(1024).readonly();

const setsPlan = z.discriminatedUnion('kind', [
  /** Every two of these heads, and each alone. */
  z.strictObject({ kind: z.literal('pairs'), heads }),
  /** Each step adds the candidate that hurts (or, `best`, helps) the metric most. */
  z.strictObject({
    kind: z.literal('greedy'),
    candidates: heads,
    steps: z.int().min(1).max(256),
    choose: z.enum(['worst', 'best']),
  }),
  z.strictObject({ kind: z.literal('list'), sets: z.array(heads).min(1).max(10_000).readonly() }),
]);
export type SetsPlan = Plain<z.infer<typeof setsPlan>>;

export const ablateSetsRequest = z.strictObject({
  ...onModel,
  prompts: measuredPrompts,
  sets: setsPlan,
  ablation: ablationKind,
  scale: scaleBy.exactOptional(),
  metric: metricId.exactOptional(),
  reference: promptFile.exactOptional(),
  align: z.literal('end').exactOptional(),
  seed: z.int(),
  /** As in `ablate`. */
  done: z.int().min(0).exactOptional(),
  unitsPerRun: z.int().min(1).exactOptional(),
});

const setsHeader = z.strictObject({
  ...measuredHeader,
  unitsPerRun: z.int().min(1),
  ablation: ablationKind,
  scale: z.number().nullable(),
  plan: z.enum(['pairs', 'greedy', 'list']),
  reference: z.string().nullable(),
  align: z.literal('end').nullable(),
});
export type SetsHeader = Plain<z.infer<typeof setsHeader>>;

/** Effect and KL as in `ablate`. */
const ablatedSet = z.strictObject({
  kind: z.literal('set'),
  heads: z.array(headRef).readonly(),
  effect: summary,
  kl: summary,
  /** Pairs only: effect of both minus the effects of each alone. */
  interaction: summary.nullable(),
  /** Greedy only: which step tried this set, and whether the step chose it. */
  step: count.nullable(),
});
export type AblatedSet = Plain<z.infer<typeof ablatedSet>>;

export const ablateSetsEvent = z.discriminatedUnion('kind', [
  progress,
  z.strictObject({ kind: z.literal('start'), header: setsHeader }),
  z.strictObject({ kind: z.literal('baseline'), baseline }),
  ablatedSet,
  /** Greedy only: the head that a step added. */
  z.strictObject({ kind: z.literal('chosen'), step: count, head: headRef }),
]);
export const ablateSetsResult = z.strictObject({ seconds: z.number(), warnings: z.array(z.string()).readonly() });

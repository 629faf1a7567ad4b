/** The call behind painting heads: one set of units replaced, with random sets of the same size beside it. Imports terms only. */
import * as z from 'zod';
import { measuredPrompts } from './measured.ts';
import { nextToken } from './prediction.ts';
import { ablationKind, metricId, onModel, promptFile, scaleBy, summary } from './records.ts';
import { unitSet } from './units.ts';

const count = z.int().min(0);

export const effectRequest = z.strictObject({
  ...onModel,
  prompts: measuredPrompts,
  set: unitSet,
  ablation: ablationKind,
  scale: scaleBy.exactOptional(),
  /** Default: the task's own metric; logitDifference for a prompt file. */
  metric: metricId.exactOptional(),
  reference: promptFile.exactOptional(),
  align: z.literal('end').exactOptional(),
  /** How many random sets of the same composition to measure beside it. */
  randomSets: count.max(1000),
  /** Of the random sets, the bootstrap, and the prompts where a task makes them. */
  seed: z.int(),
  /** Which prompt's next tokens are shown, and how many of them. */
  shown: count,
  top: z.int().min(1).max(100),
});

export const effectEvent = z.discriminatedUnion('kind', [
  /** Next tokens of the shown prompt, most likely first on each side; comes first. */
  z.strictObject({
    kind: z.literal('next'),
    before: z.array(nextToken).readonly(),
    after: z.array(nextToken).readonly(),
    /** KL(clean || edited) in nats. */
    kl: z.number(),
  }),
  /** Over all prompts; change = after - before, prompt by prompt. */
  z.strictObject({
    kind: z.literal('metric'),
    metricId,
    before: summary,
    after: summary,
    change: summary,
    accuracyBefore: summary,
    accuracyAfter: summary,
    kl: summary,
  }),
  /** The mean metric after replacing a random set. */
  z.strictObject({ kind: z.literal('random'), index: count, set: unitSet, after: z.number(), change: z.number() }),
]);
export const effectResult = z.strictObject({ seconds: z.number(), warnings: z.array(z.string()).readonly() });

/** The call that removes units one by one and measures what changes. Imports terms only. */
import * as z from 'zod';
import { measuredHeader, measuredPrompts, unitPlace } from './measured.ts';
import type { Plain } from './records.ts';
import { ablationKind, ablationUnit, metricId, onModel, progress, promptFile, scaleBy, summary } from './records.ts';
import { baseline } from './taskReport.ts';

export const ablateRequest = z.strictObject({
  ...onModel,
  prompts: measuredPrompts,
  ablation: ablationKind,
  unit: ablationUnit,
  scale: scaleBy.exactOptional(),
  /** Default: the task's own metric; logitDifference for a prompt file. */
  metric: metricId.exactOptional(),
  /** Prompts over which `mean` is taken instead of the run's own. */
  reference: promptFile.exactOptional(),
  align: z.literal('end').exactOptional(),
  /** Of the bootstrap, and of the prompts where a task makes them. */
  seed: z.int(),
  /** Units already known, in the fixed order: they are not measured again. The plan must be the one they were measured by. */
  done: z.int().min(0).exactOptional(),
  unitsPerRun: z.int().min(1).exactOptional(),
});

/** Everything a saved file says besides the numbers; sent first, so that a cancelled run can be saved too. */
const ablationHeader = z.strictObject({
  ...measuredHeader,
  ablation: ablationKind,
  unit: ablationUnit,
  scale: z.number().nullable(),
  /** How many units share a batch: a resumed run must keep it to give identical numbers. */
  unitsPerRun: z.int().min(1),
  /** Name of the reference prompts, where `mean` uses others than the run's own. */
  reference: z.string().nullable(),
  align: z.literal('end').nullable(),
});
export type AblationHeader = Plain<z.infer<typeof ablationHeader>>;

/** Effect: edited minus clean. KL: from the clean to the edited next-token distribution, in nats. */
const ablatedUnit = z.strictObject({
  kind: z.literal('unit'),
  ...unitPlace,
  effect: summary,
  kl: summary,
});
export type AblatedUnit = Plain<z.infer<typeof ablatedUnit>>;

export const ablateEvent = z.discriminatedUnion('kind', [
  progress,
  z.strictObject({ kind: z.literal('start'), header: ablationHeader }),
  z.strictObject({ kind: z.literal('baseline'), baseline }),
  ablatedUnit,
]);
export const ablateResult = z.strictObject({ seconds: z.number(), warnings: z.array(z.string()).readonly() });

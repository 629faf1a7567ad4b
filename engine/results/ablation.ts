/** The call that removes units one by one and measures what changes. Imports terms only. */
import * as z from 'zod';
import type { Plain } from './records.ts';
import {
  ablationKind,
  ablationUnit,
  metricId,
  modelIdentity,
  modelShape,
  onModel,
  progress,
  promptFile,
  summary,
} from './records.ts';
import { baseline, taskChoice, taskOptions } from './taskReport.ts';

const count = z.int().min(0);

export const ablateRequest = z.strictObject({
  ...onModel,
  prompts: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('task'), ...taskChoice }),
    z.strictObject({ kind: z.literal('file'), file: promptFile }),
  ]),
  ablation: ablationKind,
  unit: ablationUnit,
  /** Default: the task's own metric; logitDifference for a prompt file. */
  metric: metricId.exactOptional(),
  /** Prompts over which `mean` is taken instead of the run's own. */
  reference: promptFile.exactOptional(),
  align: z.literal('end').exactOptional(),
  /** Of the bootstrap, and of the prompts where a task makes them. */
  seed: z.int(),
});

/** Everything a saved file says besides the numbers; sent first, so that a cancelled run can be saved too. */
const ablationHeader = z.strictObject({
  model: modelIdentity,
  shape: modelShape,
  /** Heads, KV heads of each layer. */
  perLayer: z.array(z.strictObject({ heads: count, kvHeads: count })).readonly(),
  /** Base of the rotary frequencies, where the config states one. */
  ropeTheta: z.number().nullable(),
  tokenizer: z.strictObject({ vocabulary: count, bosPrepended: z.boolean() }).nullable(),
  ablation: ablationKind,
  unit: ablationUnit,
  metricId,
  calibration: z.strictObject({
    /** Task, or name of the prompt file without its folder: the ids' hash says which prompts they are. */
    dataset: z.string(),
    sequences: count,
    tokens: count,
    /** Tokens of each sequence, where all have as many. */
    length: count.nullable(),
    tokenIdsSha256: z.string(),
    seed: z.int(),
  }),
  /** Name of the reference prompts, where `mean` uses others than the run's own. */
  reference: z.string().nullable(),
  align: z.literal('end').nullable(),
  /** Settings of the task that were given. */
  options: taskOptions,
  environment: z.strictObject({
    tool: z.string(),
    ortVersion: z.string(),
    executionProvider: z.string(),
    threads: count,
    cpu: z.string(),
    os: z.string(),
  }),
  /** How many units there are. */
  units: count,
  remaining: z.array(z.strictObject({ words: z.string(), kept: count, of: count })).readonly(),
  notes: z.array(z.string()).readonly(),
});
export type AblationHeader = Plain<z.infer<typeof ablationHeader>>;

/** Effect: edited minus clean. KL: from the clean to the edited next-token distribution, in nats. */
const ablatedUnit = z.strictObject({
  kind: z.literal('unit'),
  layer: count,
  head: count.exactOptional(),
  kvGroup: count.exactOptional(),
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

/** What every call that measures effects on prompts asks for, and says of its model and prompts. Imports terms only. */
import * as z from 'zod';
import type { Plain } from './records.ts';
import { metricId, modelIdentity, modelShape, promptFile } from './records.ts';
import { taskChoice, taskOptions } from './taskReport.ts';

const count = z.int().min(0);

/** Prompts of a task, or of one's own. */
export const measuredPrompts = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('task'), ...taskChoice }),
  z.strictObject({ kind: z.literal('file'), file: promptFile }),
]);

/** Everything a saved file says besides the numbers and how they were made. */
export const measuredHeader = {
  model: modelIdentity,
  shape: modelShape,
  /** Heads, KV heads of each layer. */
  perLayer: z.array(z.strictObject({ heads: count, kvHeads: count })).readonly(),
  /** By layer, the numbers that heads had in the model that they were pruned from; absent where they have them still. */
  originalHeads: z.array(z.array(count).readonly()).readonly().exactOptional(),
  /** Base of the rotary frequencies, where the config states one. */
  ropeTheta: z.number().nullable(),
  tokenizer: z.strictObject({ vocabulary: count, bosPrepended: z.boolean() }).nullable(),
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
};
const header = z.strictObject(measuredHeader);
export type MeasuredHeader = Plain<z.infer<typeof header>>;

/** Which unit of a layer: neither where it is the layer's own. */
export const unitPlace = { layer: count, head: count.exactOptional(), kvGroup: count.exactOptional() };

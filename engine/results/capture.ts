/** The call that reads values at sites. Imports terms only. */
import * as z from 'zod';
import type { Plain } from './records.ts';
import {
  edits,
  float32,
  modelIdentity,
  onModel,
  progress,
  promptFile,
  promptInput,
  siteId,
  tokenIds,
} from './records.ts';

const count = z.int().min(0);

export const captureRequest = z.strictObject({
  ...onModel,
  prompts: z.union([z.array(promptInput).readonly(), promptFile]),
  sites: z.array(siteId).min(1).readonly(),
  /** Default: every layer. Sites of the model as a whole ignore it. */
  layers: z.array(count).readonly().exactOptional(),
  edits: edits.exactOptional(),
});

/** Sent first: what the rows are. */
const captureStart = z.strictObject({
  kind: z.literal('start'),
  model: modelIdentity,
  ids: z.array(tokenIds).readonly(),
});
export type CaptureStart = Plain<z.infer<typeof captureStart>>;

/** Values at one site, row-major over `axes`, named `pattern.3` and the like. */
const capturedTensor = z.strictObject({
  name: z.string(),
  axes: z.string(),
  shape: z.array(count).readonly(),
  data: float32,
});
export type CapturedTensor = Plain<z.infer<typeof capturedTensor>>;

/** Rows `from` on of one site, padded on the right with 0 to the longest of these rows. A batch is whole before the next. */
const capturedRows = z.strictObject({ kind: z.literal('rows'), from: count, ...capturedTensor.shape });
export type CapturedRows = Plain<z.infer<typeof capturedRows>>;

export const captureEvent = z.discriminatedUnion('kind', [captureStart, capturedRows, progress]);
export const captureResult = z.strictObject({ rows: count });

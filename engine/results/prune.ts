/** The call that writes a model without some of its heads. Imports terms only. */
import * as z from 'zod';
import { calibrationTexts } from './importance.ts';
import type { Plain } from './records.ts';
import { onModel, progress } from './records.ts';
import { headRef, kvGroupRef } from './units.ts';

const count = z.int().min(0);

export const pruneRequest = z.strictObject({
  ...onModel,
  /** In the numbering of the model. A KV group goes with all its query heads. */
  heads: z.array(headRef).readonly(),
  kvGroups: z.array(kvGroupRef).readonly(),
  /** `zero`: same shapes, output projections of the heads are 0. `remove`: smaller tensors. */
  form: z.enum(['zero', 'remove']),
  /** A layer may lose all its heads; with `zero` only. */
  emptyLayers: z.boolean().exactOptional(),
  /** Text over which the mean output of the removed heads is taken and put into the output bias; absent: it is dropped. */
  compensateOver: z.strictObject({ texts: calibrationTexts, seed: z.int() }).exactOptional(),
  /** The folder to be; it must be new or empty. */
  out: z.string().min(1),
});

const sizes = z.strictObject({
  parameters: count,
  /** Of the weights as stored. */
  bytes: count,
  /** Keys and values of one token in float32. */
  kvBytesPerToken: count,
});
export type ModelSizes = Plain<z.infer<typeof sizes>>;

export const pruneResult = z.strictObject({
  folder: z.string(),
  files: z.array(z.string()).readonly(),
  /** `zeroed` and `config` load anywhere; `sidecar` in headscope only. */
  form: z.enum(['zeroed', 'config', 'sidecar']),
  /** Why it is that form, in words. */
  rule: z.string(),
  /** Tensors that differ from the model's. */
  changed: z.array(z.string()).readonly(),
  heads: count,
  before: sizes,
  after: sizes,
  seconds: z.number(),
  warnings: z.array(z.string()).readonly(),
});
export const pruneEvent = progress;

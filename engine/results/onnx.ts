/** The call that writes a model, without some of its heads where asked, as one ONNX graph with a cache. Imports terms only. */
import * as z from 'zod';
import { onModel, progress } from './records.ts';
import { headRef, kvGroupRef } from './units.ts';

const count = z.int().min(0);

export const onnxRequest = z.strictObject({
  model: onModel.model,
  /** Heads that go; what headscope-pruned.json says is gone already goes too. */
  heads: z.array(headRef).readonly(),
  kvGroups: z.array(kvGroupRef).readonly(),
  /** The folder to be; it must be new or empty. */
  out: z.string().min(1),
});
export const onnxEvent = progress;
export const onnxResult = z.strictObject({
  folder: z.string(),
  files: z.array(z.string()).readonly(),
  parameters: count,
  bytes: count,
  /** KV heads of each layer's cache. */
  kvHeads: z.array(count).readonly(),
  /** Layers whose removed heads stay in the graph as zeros. */
  zeroedLayers: z.array(count).readonly(),
  inputs: z.array(z.string()).readonly(),
  outputs: z.array(z.string()).readonly(),
  seconds: z.number(),
});

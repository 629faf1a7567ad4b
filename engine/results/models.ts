/** Calls about a model as a whole: info, families, open, verify. Imports terms only. */
import * as z from 'zod';
import { edits, modelIdentity, modelShape, onModel, siteId } from './records.ts';
import { taskOptions } from './taskReport.ts';

const count = z.int().min(0);
const bytes = z.number().min(0);

const layerInfo = z.strictObject({ heads: count, kvHeads: count, window: count.nullable() });

/** How close the family is to the implementation that its models come from, on tiny random checkpoints: not of this file. */
const familyParity = z.strictObject({
  /** Largest absolute difference at any site of any of the checkpoints, and the site where it is. */
  worst: z.number().min(0),
  site: siteId,
  /** How many checkpoints. */
  fixtures: count,
  /** What computed the values that it is a difference from: `transformers 5.23.0`. */
  reference: z.string(),
});

const tokenizerInfo = z.union([
  z.strictObject({
    kind: z.literal('present'),
    vocabulary: count,
    bosId: count.nullable(),
    eosIds: z.array(count).readonly(),
    addsBos: z.boolean(),
    chat: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('absent'), reason: z.string() }),
]);

/** Bytes that opening takes when the weights are held so; `reason` says why it can't be done. */
const holdingCost = z.union([
  z.strictObject({ kind: z.literal('possible'), weights: bytes, total: bytes }),
  z.strictObject({ kind: z.literal('impossible'), reason: z.string() }),
]);

export const infoRequest = z.strictObject({ model: onModel.model });
export const infoResult = z.strictObject({
  path: z.string(),
  name: z.string(),
  format: z.enum(['safetensors', 'gguf']),
  architecture: z.strictObject({ id: z.string(), title: z.string() }),
  /** Null for a family without checkpoints to compare on. */
  parity: familyParity.nullable(),
  fingerprint: z.string(),
  shape: modelShape,
  causal: z.boolean(),
  perLayer: z.array(layerInfo).readonly(),
  parameters: count,
  storage: z.array(z.strictObject({ type: z.string(), tensors: count, elements: count, bytes })).readonly(),
  tokenizer: tokenizerInfo,
  /** Sites that this model lacks, with the reason. */
  lacks: z.array(z.strictObject({ site: siteId, reason: z.string() })).readonly(),
  memory: z.strictObject({ float32: holdingCost, quantised: holdingCost, mapped: holdingCost, free: bytes }),
});

const familyInfo = z.strictObject({
  id: z.string(),
  title: z.string(),
  modelTypes: z.array(z.string()).readonly(),
  /** Sites that every model of the family has, and those that some or all of its models lack, and which. */
  sites: z.array(siteId).readonly(),
  lacks: z.array(z.strictObject({ site: siteId, when: z.string() })).readonly(),
});
export const familiesResult = z.strictObject({ families: z.array(familyInfo).readonly() });

export const openRequest = z.strictObject({
  ...onModel,
  /** What the model is opened for: what it can't do is refused before its weights are read. */
  plan: z
    .strictObject({
      edits: edits.exactOptional(),
      sites: z.array(siteId).readonly().exactOptional(),
      layers: z.array(count).readonly().exactOptional(),
      task: z.strictObject({ name: z.string(), options: taskOptions.exactOptional() }).exactOptional(),
    })
    .exactOptional(),
});
export const openResult = z.strictObject({ model: modelIdentity, shape: modelShape, seconds: z.number() });

export const verifyRequest = z.strictObject({ model: onModel.model });
export const verifyResult = z.strictObject({
  tensors: count,
  /** One line each: tensor, index, what is wrong. */
  problems: z.array(z.string()).readonly(),
});

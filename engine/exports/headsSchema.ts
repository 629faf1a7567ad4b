/** head-importance 1.0.0 as a zod declaration; headImportance.schema.json is generated from it. Imports results only. */
import * as z from 'zod';
import type { Plain } from '../results/records.ts';

const count = z.int().min(0);
const text = z.string();
/** JSON has no NaN: a value that is not a number is null, and a warning says so. */
const number = z.number().nullable();
/** A part of the schema that other tools may fill in. */
const open = z.record(z.string(), z.unknown());

const value = z.strictObject({
  mean: number,
  se: number.exactOptional(),
  ci95: z.tuple([number, number]).exactOptional(),
  n: count,
  per_run: z.array(number).exactOptional(),
  raw: number.exactOptional(),
  layer_l2: number.exactOptional(),
  global_minmax: number.exactOptional(),
  /** 1 is the unit most worth keeping. */
  rank: count.exactOptional(),
});

const unit = z.strictObject({
  unit: z.enum(['head', 'kv-group', 'layer', 'mlp']),
  layer: count,
  /** Present where unit is head. */
  head: count.exactOptional(),
  /** Present where unit is kv-group. */
  kv_group: count.exactOptional(),
  values: z.record(z.string(), value),
  activation_freq: z.number().exactOptional(),
  labels: z.array(z.strictObject({ name: text, confidence: z.number() })).exactOptional(),
  protected: z.strictObject({ bool: z.boolean(), reason: text }).exactOptional(),
});

const kvGroup = z.looseObject({
  layer: count,
  group: count,
  heads: z.array(count),
  joint: z.record(z.string(), value).exactOptional(),
  /** Over the means of the heads, where every head of the group has the metric. */
  agg: z.record(z.string(), z.strictObject({ max: z.number(), mean: z.number(), sum: z.number() })).exactOptional(),
});

const metric = z.strictObject({
  /** `ablation.KIND.METRIC`: measured; `attribution.METHOD ... .METRIC`: estimated (attributionId.ts). */
  id: text,
  family: z.enum(['behaviour', 'write', 'causal', 'compress', 'pattern', 'attribution']),
  formula_ref: text.exactOptional(),
  /** Of the values: logits, probability, positions, nats. */
  unit: text,
  /** Which end of the scale belongs to units worth keeping. */
  direction: z.enum(['higher_keeps', 'lower_keeps']),
  signed: z.boolean(),
  granularity: z.enum(['q_head', 'kv_group', 'layer', 'mlp']),
  ablation: z.strictObject({ kind: text, scope: text, fill: text }).exactOptional(),
  /** The metric on the clean prompts, and the share of them that the model gets right. */
  baseline: value.exactOptional(),
  accuracy: value.exactOptional(),
  loss: text.exactOptional(),
  abs_granularity: text.exactOptional(),
  normalization: text.exactOptional(),
  params: open.exactOptional(),
  calibration_id: text.exactOptional(),
  /** Prompts, and those that the model gets right before anything is removed. */
  n_runs: count.exactOptional(),
  passed_runs: count.exactOptional(),
  seconds: z.number().exactOptional(),
});

const calibration = z.strictObject({
  id: text,
  dataset: text,
  split: text.exactOptional(),
  license: text.exactOptional(),
  n_sequences: count,
  seq_len: count.exactOptional(),
  n_tokens: count,
  token_ids_sha256: text,
  seed: z.int(),
  prompt_template: text.exactOptional(),
  chat_template: text.exactOptional(),
});

const model = z.strictObject({
  id: text,
  revision: text.exactOptional(),
  fingerprint: text,
  weights_sha256: text.exactOptional(),
  graph_sha256: text.exactOptional(),
  /** Storage types in the file. */
  dtype: text,
  /** How the weights were held during the run: float32 or quantised. */
  held_as: text,
  quantization: text.exactOptional(),
  architecture: text,
});

export const headsSchema = z.strictObject({
  schema: z.literal('head-importance'),
  schema_version: z.literal('1.0.0'),
  created: text,
  tool: z.strictObject({ name: text, version: text, commit: text.exactOptional() }),
  model,
  tokenizer: z
    .strictObject({
      id: text.exactOptional(),
      sha256: text.exactOptional(),
      vocabulary: count.exactOptional(),
      bos_prepended: z.boolean(),
    })
    .exactOptional(),
  shape: z.strictObject({
    layers: count,
    q_heads: z.array(count),
    kv_heads: z.array(count),
    head_dim: count,
    hidden: count,
    rope_theta: z.number().exactOptional(),
    context: count,
  }),
  index_base: z.literal(0),
  head_numbering: z.enum(['original', 'current']),
  gqa: z.strictObject({ group_of_head: text, interleaved: z.boolean() }),
  original_index: z.record(z.string(), z.array(count)).exactOptional(),
  calibration: z.array(calibration),
  metrics: z.array(metric),
  units: z.array(unit),
  /** Groups whose heads share keys and values: what each gives as a whole, and what its heads give one by one. */
  kv_groups: z.array(kvGroup).exactOptional(),
  interactions: z.array(open).exactOptional(),
  prune_plan: open.exactOptional(),
  tensor_slices: z.array(open).exactOptional(),
  bias_compensation: z.array(open).exactOptional(),
  expected: open.exactOptional(),
  evaluation: open.exactOptional(),
  environment: z.strictObject({
    ort_version: text,
    ep: text,
    threads: count,
    cpu: text,
    os: text,
    determinism: text,
  }),
  warnings: z.array(text),
});

export type HeadsFile = Plain<z.infer<typeof headsSchema>>;
export type HeadsUnit = HeadsFile['units'][number];
export type HeadsMetric = HeadsFile['metrics'][number];
export type HeadsValue = HeadsUnit['values'][string];

/** The JSON Schema (draft 2020-12) that ships beside this file. */
export function headsJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(headsSchema, { target: 'draft-2020-12' });
  return { $schema, $id: 'head-importance-1.0.0', title: 'Importance of attention heads for pruning', ...rest };
}

/** head-importance 1.2.0 as a zod declaration; headImportance.schema.json is generated from it. Imports results only. */
import * as z from 'zod';
import type { Plain } from '../results/records.ts';
import { metricFamilies } from '../terms/metricFamilies.ts';

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
  family: z.enum(metricFamilies),
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

/** Lists of heads or groups by layer: `{"3": [0, 5]}`, what Hugging Face's prune_heads takes. */
const byLayer = z.record(z.string().regex(/^\d{1,6}$/), z.array(count));

/** What to remove, in which order, and who can run the result. Other tools may say more. */
const prunePlan = z.looseObject({
  unit: z.enum(['head', 'kv-group', 'layer', 'mlp']),
  /** By which units were chosen: the title or the id of a metric. */
  criterion: text.exactOptional(),
  /** Most that may go (`heads`, `parameters`, `kvBytes` a token in float32) or that the loss may rise (`loss`, nats a token). */
  budget: z.looseObject({ kind: text, at_most: z.number() }).exactOptional(),
  /** Each removal: what it changed by itself, and what all so far change together. */
  order: z
    .array(z.looseObject({ step: count, layer: count, id: count, delta_at_step: number, cum_delta: number }))
    .exactOptional(),
  heads_to_prune: byLayer.exactOptional(),
  kv_groups_to_prune: byLayer.exactOptional(),
  keep: byLayer.exactOptional(),
  min_per_layer: count.exactOptional(),
  /** Removals between two measurements of what is left. */
  rescored_every: count.nullable().exactOptional(),
  legal_for: z.array(z.looseObject({ target: text, ok: z.boolean(), reason: text })).exactOptional(),
});

/** Where the removed units lie in the weights: `ranges` along `axis`, from and to (excluded). */
const tensorSlice = z.looseObject({
  tensor: text,
  axis: count,
  ranges: z.array(z.tuple([count, count])),
  transposed: z.boolean(),
  quant_block: count.nullable().exactOptional(),
});

/** A bias that makes up for what was removed (FLAP, arXiv 2312.11983), in a file beside this one. */
const biasCompensation = z.looseObject({ tensor: text, shape: z.array(count), file: text, offset: count });

/** What the plan should give, counted or predicted. */
const expected = z.looseObject({
  params_before: count.exactOptional(),
  params_after: count.exactOptional(),
  bytes: count.exactOptional(),
  attn_flops_share: number.exactOptional(),
  kv_bytes_per_token_before: count.exactOptional(),
  kv_bytes_per_token_after: count.exactOptional(),
  predicted_dNLL: number.exactOptional(),
});

/** A metric with k units removed. */
const curvePoint = z.looseObject({
  k: count,
  fraction: number.exactOptional(),
  metric: text,
  value: number,
  ci: z.tuple([number, number]).exactOptional(),
});

/** What the plan gave. Without random sets of the same size it proves nothing. */
const evaluation = z.looseObject({
  curve: z.array(curvePoint).exactOptional(),
  random_control: z
    .looseObject({
      draws: count,
      /** They are drawn one after the other from it. */
      seed: z.int().exactOptional(),
      matched_by_layer: z.boolean(),
      values: z.array(z.unknown()),
    })
    .exactOptional(),
  bottom_k: z.array(curvePoint).exactOptional(),
  tasks: z.array(open).exactOptional(),
});

/** A file beside this one with an array too large for it. */
const sidecar = z.looseObject({
  name: text,
  sha256: text,
  metric_id: text.exactOptional(),
  axes: z.array(text).exactOptional(),
  shape: z.array(count).exactOptional(),
});

const unitName = z.looseObject({ layer: count, head: count.exactOptional(), kv_group: count.exactOptional() });

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

/** Rises with every change; older files are read by headsMigrations.ts. */
export const headsVersion = '1.2.0';

export const headsSchema = z.strictObject({
  schema: z.literal('head-importance'),
  schema_version: z.literal(headsVersion),
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
  /** Pairs of units: what removing both changes, beside the sum of what each changes. */
  interactions: z
    .array(z.looseObject({ a: unitName, b: unitName, delta_joint: number, delta_sum: number }))
    .exactOptional(),
  prune_plan: prunePlan.exactOptional(),
  tensor_slices: z.array(tensorSlice).exactOptional(),
  bias_compensation: z.array(biasCompensation).exactOptional(),
  expected: expected.exactOptional(),
  evaluation: evaluation.exactOptional(),
  sidecars: z.array(sidecar).exactOptional(),
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
  return {
    $schema,
    $id: `head-importance-${headsVersion}`,
    title: 'Importance of attention heads for pruning',
    ...rest,
  };
}

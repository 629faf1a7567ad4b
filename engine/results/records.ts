/**
 * Plain records that several calls share. Imports terms only.
 * zod because one declaration then gives the type, the check of what comes over the wire and the JSON Schema of saved files.
 */
import * as z from 'zod';
import type { Edit, EditValue } from '../terms/edits.ts';
import type { Site } from '../terms/sites.ts';
import { isSite } from '../terms/sites.ts';

/** The declared type with every field and list read-only. Typed arrays cross the carriers as they are. */
export type Plain<T> = unknown extends T ? T : T extends TypedArray ? T : { readonly [K in keyof T]: Plain<T[K]> };
type TypedArray = Float32Array | Uint8Array | Uint32Array;

const index = z.int().min(0);
const list = <T extends z.ZodType>(item: T) => z.array(item).readonly();

export const float32 = z.custom<Float32Array>((value) => value instanceof Float32Array, 'expected a Float32Array');
export const uint8 = z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'expected a Uint8Array');
export const uint32 = z.custom<Uint32Array>((value) => value instanceof Uint32Array, 'expected a Uint32Array');
export const siteId = z.custom<Site>((value) => typeof value === 'string' && isSite(value), 'expected a site');
export const tokenIds = list(index);

const editValue: z.ZodType<EditValue> = z.strictObject({ axes: z.string(), shape: list(index), data: float32 });

const editOperation = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('zero') }),
  z.strictObject({ kind: z.literal('scale'), by: z.number() }),
  z.strictObject({ kind: z.literal('add'), value: editValue, times: z.number() }),
  z.strictObject({ kind: z.enum(['replace', 'mean', 'resample']), value: editValue }),
  z.strictObject({ kind: z.literal('mix'), towards: z.enum(['identity', 'uniform']), share: z.number() }),
  z.strictObject({ kind: z.literal('mask') }),
  z.strictObject({ kind: z.literal('stream'), sinks: index, recent: z.int().min(1) }),
]);

/** Positions by what they are for: the prompt's before its last one, or those that new tokens are made from. */
const editScope = z.enum(['all', 'prefill', 'decode']);

const edit: z.ZodType<Edit> = z.strictObject({
  site: siteId,
  layers: list(index).exactOptional(),
  heads: list(index).exactOptional(),
  positions: list(z.int()).exactOptional(),
  keys: list(z.int()).exactOptional(),
  rows: list(index).exactOptional(),
  scope: editScope.exactOptional(),
  operation: editOperation,
});
export const edits = list(edit);

/** How the weights are held: fp32, kept quantised, left in the file, or whichever the model's size suggests. */
const weightHolding = z.enum(['auto', 'float32', 'quantised', 'mapped']);

/** Every call on a model names it by path. */
export const onModel = { model: z.string().min(1), weights: weightHolding.exactOptional() };

export const metricId = z.enum(['logitDifference', 'probabilityDifference', 'rank', 'negativeLogLikelihood']);
/** What takes a unit's place: nothing, the mean over prompts, another prompt's value, itself times a factor; or its attention made uniform. */
export const ablationKind = z.enum(['zero', 'mean', 'resample', 'scale', 'uniform']);
/** The factor of `scale`. */
export const scaleBy = z.number().min(-100).max(100);
export const ablationUnit = z.enum(['head', 'kv-group', 'layer', 'mlp']);

/** A mean over n prompts with its standard error and 95 % interval. */
export const summary = z.strictObject({
  mean: z.number(),
  standardError: z.number(),
  interval: z.tuple([z.number(), z.number()]).readonly(),
  n: index,
});
export type Summary = Plain<z.infer<typeof summary>>;

/** done of total, in the unit that `of` names: `bytes`, `programs`, `prompts`, `units`. */
export const progress = z.strictObject({
  kind: z.literal('progress'),
  of: z.string(),
  done: z.number(),
  total: z.number(),
});
export type Progress = Plain<z.infer<typeof progress>>;

/** One prompt, as text or as ids. */
export const promptInput = z.union([z.strictObject({ text: z.string() }), z.strictObject({ ids: tokenIds })]);
export type PromptInput = Plain<z.infer<typeof promptInput>>;

/** A prompt file as read: its text and the name to use in errors. */
export const promptFile = z.strictObject({ text: z.string(), name: z.string() });

export const modelShape = z.strictObject({
  layers: index,
  heads: index,
  kvHeads: index,
  headWidth: index,
  width: index,
  mlpWidth: index.nullable(),
  vocabulary: index,
  outputVocabulary: index,
  context: index,
});

/** What a saved result says about the model it was computed from. */
export const modelIdentity = z.strictObject({
  name: z.string(),
  fingerprint: z.string(),
  architecture: z.string(),
  format: z.enum(['safetensors', 'gguf']),
  /** Storage types of the weights: `Q4_1`, `F32, BF16`. */
  dtype: z.string(),
  /** How the weights were held while the result was computed. */
  weights: z.enum(['float32', 'quantised', 'mapped']),
  /** SHA-256 of what the tokenizer is built from; null without one, absent in results written before it was recorded. */
  tokenizer: z.string().nullable().exactOptional(),
});
export type ModelIdentity = Plain<z.infer<typeof modelIdentity>>;

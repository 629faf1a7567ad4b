/** The sizes of a model under the config keys that most families share. */
import type { ModelShape } from '../architecture.ts';
import type { ConfigReader } from './config.ts';
import { limits } from './config.ts';

/** Config keys that `readShape` understands. */
export const shapeKeys = [
  'vocab_size',
  'hidden_size',
  'intermediate_size',
  'num_hidden_layers',
  'num_attention_heads',
  'num_key_value_heads',
  'head_dim',
  'max_position_embeddings',
] as const;

/** Values where a config leaves a key out; a key without one must be there. */
export interface ShapeDefaults {
  readonly vocabulary?: number;
  readonly context: number;
  /** Where `num_key_value_heads` is absent; null in the config always means the number of query heads. */
  readonly kvHeads?: number;
  readonly headWidth?: number;
}

export function readShape(read: ConfigReader, defaults: ShapeDefaults): ModelShape {
  const width = read.integer('hidden_size', limits.width);
  const heads = read.integer('num_attention_heads', limits.heads);
  const vocabulary = read.integer('vocab_size', limits.vocabulary, defaults.vocabulary);
  return {
    layers: read.integer('num_hidden_layers', limits.layers),
    heads,
    kvHeads: readKvHeads(read, 'num_key_value_heads', heads, defaults.kvHeads),
    headWidth: readHeadWidth(read, width, heads, defaults.headWidth),
    width,
    mlpWidth: read.integer('intermediate_size', limits.width),
    vocabulary,
    outputVocabulary: vocabulary,
    context: read.integer('max_position_embeddings', limits.context, defaults.context),
  };
}

/** Key-value heads, which divide the query heads: as many as those where the key is null, `absent` where it isn't there. */
export function readKvHeads(read: ConfigReader, key: string, heads: number, absent = heads): number {
  const kvHeads = read.integer(key, limits.heads, read.isAbsent(key) ? absent : heads);
  return heads % kvHeads === 0 ? kvHeads : read.fail(key, `a divisor of the ${heads} query heads`, kvHeads);
}

/** Head width: `head_dim`, or the family's, or the model width shared out among the heads. */
function readHeadWidth(read: ConfigReader, width: number, heads: number, otherwise?: number): number {
  if (read.has('head_dim') || otherwise !== undefined) return read.integer('head_dim', limits.headWidth, otherwise);
  return dividedWidth(read, 'num_attention_heads', width, heads);
}

export function dividedWidth(read: ConfigReader, key: string, width: number, heads: number): number {
  return width % heads === 0 ? width / heads : read.fail(key, `a divisor of the model width ${width}`, heads);
}

/** What every GGUF architecture states alike: sizes, vocabulary, rotary embedding. Each count is held against the tensors. */
import { Fault } from '../terms/fault.ts';
import type { GgufMetadata } from './gguf.ts';
import type { GgufKeys } from './ggufKeys.ts';
import type { StoredTensor } from './modelFiles.ts';
import { readFloat32 } from './readTensor.ts';

/** Keys and values of a config.json. */
export type Config = Record<string, unknown>;

/** What every architecture has, read once. */
export interface Facts {
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headWidth: number;
  readonly mlpWidth: number;
  readonly vocabulary: number;
  readonly context: number;
  readonly theta: number;
  /** Share of the head that is rotated. */
  readonly rotaryShare: number;
  /** Hugging Face's rope_scaling, or null. */
  readonly scaling: Config | null;
  /** Is there a tensor of the model, or of block 0, with this stem? */
  has(stem: string, suffix?: 'weight' | 'bias'): boolean;
}

type Tensors = ReadonlyMap<string, StoredTensor>;

/** Throws Fault for a missing, impossible or contradicting value. */
export async function readFacts(keys: GgufKeys, tensors: Tensors, metadata: GgufMetadata): Promise<Facts> {
  keys.ignore('tensor_data_layout', 'rope.scaling.finetuned', 'pooling_type');
  keys.only('attention.causal', true);
  for (const key of ['expert_count', 'expert_used_count', 'attention.clamp_kqv', 'nextn_predict_layers'])
    keys.only(key, 0);
  const [width, heads] = [keys.count('embedding_length'), keys.count('attention.head_count')];
  const headWidth = keys.optionalCount('attention.key_length') ?? width / heads;
  keys.only('attention.value_length', headWidth);
  if (!Number.isInteger(headWidth)) {
    throw new Fault({
      what: 'heads do not divide the width',
      where: keys.file,
      expected: `a divisor of ${width}`,
      got: `${heads}`,
    });
  }
  return {
    layers: layerCount(keys, tensors),
    width,
    heads,
    kvHeads: keys.optionalCount('attention.head_count_kv') ?? heads,
    headWidth,
    mlpWidth: keys.count('feed_forward_length'),
    vocabulary: vocabularyOf(keys, tensors, tokenCount(keys.file, metadata)),
    context: keys.count('context_length'),
    theta: keys.optional('rope.freq_base') ?? 10000,
    rotaryShare: (keys.optionalCount('rope.dimension_count') ?? headWidth) / headWidth,
    scaling: await readScaling(keys, tensors),
    has: (stem, suffix = 'weight') => tensors.has(`${stem}.${suffix}`) || tensors.has(`blk.0.${stem}.${suffix}`),
  };
}

/** A layer has tensors of its own: a count beyond them would only take memory. */
function layerCount(keys: GgufKeys, tensors: Tensors): number {
  const layers = keys.count('block_count');
  if (layers <= tensors.size) return layers;
  throw new Fault({
    what: `"${keys.architecture}.block_count"`,
    where: keys.file,
    expected: `no more than the file's ${tensors.size} tensors`,
    got: `${layers}`,
  });
}

/** Rows of the embedding: at least one for every token. */
function vocabularyOf(keys: GgufKeys, tensors: Tensors, tokens: number | null): number {
  const embedding = tensors.get('token_embd.weight');
  const rows = embedding?.shape[0];
  if (rows === undefined || embedding?.shape.length !== 2) {
    throw new Fault({ what: 'no tensor "token_embd.weight" with two axes', where: keys.file });
  }
  keys.ignore('vocab_size');
  if (tokens !== null && tokens > rows) {
    throw new Fault({
      what: 'the tokenizer has more tokens than the embedding has rows',
      where: keys.file,
      expected: `at most ${rows}`,
      got: `${tokens}`,
    });
  }
  return rows;
}

function tokenCount(file: string, metadata: GgufMetadata): number | null {
  const tokens = metadata.get('tokenizer.ggml.tokens');
  if (tokens === undefined) return null;
  if (Array.isArray(tokens)) return tokens.length;
  throw new Fault({ what: 'tokenizer.ggml.tokens', where: file, expected: 'an array', got: typeof tokens });
}

/** Rope scaling from the keys and the tensors of factors. Throws Fault where both say something. */
async function readScaling(keys: GgufKeys, tensors: Tensors): Promise<Config | null> {
  const given = scalingByKeys(keys);
  const factors = await readFactors(tensors, 'rope_freqs');
  const [long, short] = [
    await readFactors(tensors, 'rope_factors_long'),
    await readFactors(tensors, 'rope_factors_short'),
  ];
  const attention = keys.optional('rope.scaling.attn_factor');
  if (long !== null && short !== null) {
    return {
      rope_type: 'longrope',
      long_factor: long,
      short_factor: short,
      ...optionalKey('attention_factor', attention),
    };
  }
  keys.only('rope.scaling.attn_factor', 1);
  const divides = factors !== null && factors.some((factor) => factor !== 1);
  if (divides && given !== null) {
    throw new Fault({
      what: 'rope_freqs.weight and rope.scaling.type',
      where: keys.file,
      expected: 'one of the two',
      got: 'both',
    });
  }
  return divides ? { rope_type: 'factors', factors } : given;
}

function scalingByKeys(keys: GgufKeys): Config | null {
  const original = keys.optionalCount('rope.scaling.original_context_length');
  const linear = keys.optional('rope.scale_linear');
  const factor = keys.optional('rope.scaling.factor') ?? linear ?? 1;
  const type = keys.text('rope.scaling.type') ?? (factor === 1 ? 'none' : 'linear');
  if (type === 'none' || type === 'longrope') return null;
  if (type === 'linear') return { rope_type: 'linear', factor };
  if (type === 'yarn') return yarn(keys, factor, original);
  throw new Fault({
    what: 'rope.scaling.type',
    where: keys.file,
    expected: 'none, linear, yarn or longrope',
    got: type,
  });
}

function yarn(keys: GgufKeys, factor: number, original: number | null): Config {
  keys.only('rope.scaling.yarn_ext_factor', 1, -1);
  return {
    rope_type: 'yarn',
    factor,
    ...optionalKey('original_max_position_embeddings', original),
    ...optionalKey('attention_factor', keys.optional('rope.scaling.yarn_attn_factor')),
    ...optionalKey('beta_fast', keys.optional('rope.scaling.yarn_beta_fast')),
    ...optionalKey('beta_slow', keys.optional('rope.scaling.yarn_beta_slow')),
  };
}

async function readFactors(tensors: Tensors, stem: string): Promise<number[] | null> {
  const tensor = tensors.get(`${stem}.weight`) ?? tensors.get(`blk.0.${stem}.weight`);
  if (tensor === undefined) return null;
  if (tensor.shape.length !== 1 || (tensor.shape[0] ?? 0) > 4096) {
    throw new Fault({
      what: `tensor "${tensor.name}"`,
      where: tensor.file,
      expected: 'one factor per rotary frequency',
    });
  }
  return [...(await readFloat32(tensor))];
}

/** `{ [key]: value }`, or nothing for null. */
export function optionalKey(key: string, value: number | boolean | null): Config {
  return value === null ? {} : { [key]: value };
}

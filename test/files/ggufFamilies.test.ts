/** Every GGUF architecture: a golden checkpoint converted to GGUF opens as the checkpoint it was. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { familyOf } from '../../engine/arch/index.ts';
import type { Config, Family } from '../../engine/arch/architecture.ts';
import type { ModelFiles, StoredTensor } from '../../engine/files/modelFiles.ts';
import { openModel } from '../../engine/run/index.ts';
import { openModelFiles } from '../../engine/files/open.ts';
import { readFloat32 } from '../../engine/files/readTensor.ts';
import { faultOf, put, temporaryFolder } from './temporary.ts';
import type { Conversion } from './toGguf.ts';
import { toGguf } from './toGguf.ts';
import type { GgufTestValue } from './writeGguf.ts';
import { float32Tensor, ggufBytes } from './writeGguf.ts';

const folder = temporaryFolder();

interface Case {
  readonly golden: string;
  readonly architecture: string;
  readonly keys?: Readonly<Record<string, GgufTestValue>>;
  readonly extra?: Conversion['extra'];
  /** What GGUF does not hold and the golden has at an unusual value. */
  readonly config?: Config;
}

const rms = { 'attention.layer_norm_rms_epsilon': { f32: 1e-6 } };
const rms5 = { 'attention.layer_norm_rms_epsilon': { f32: 1e-5 } };
const layerNorm = { 'attention.layer_norm_epsilon': { f32: 1e-5 } };
const width10 = { 'attention.key_length': { u32: 10 }, 'attention.value_length': { u32: 10 } };
const theta = (base: number) => ({ 'rope.freq_base': { f32: base } });
const rotary = (count: number) => ({ 'rope.dimension_count': { u32: count } });
const window = (size: number) => ({ 'attention.sliding_window': { u32: size } });
const none = { 'rope.scaling.type': { text: 'none' } };

/** 1, 1 / ((1 - smooth) / factor + smooth), factor: Llama 3's divisors of the frequencies. */
function llama3Factors(width: number, base: number, context: number): number[] {
  return Array.from({ length: width / 2 }, (_, j) => {
    const length = 2 * Math.PI * base ** ((2 * j) / width);
    if (length < context / 4) return 1;
    const smooth = (context / length - 1) / 3;
    return length > context ? 8 : 1 / ((1 - smooth) / 8 + smooth);
  });
}

const width16 = { 'attention.key_length': { u32: 16 }, 'attention.value_length': { u32: 16 } };
const gemmaScale = { query_pre_attn_scalar: 7 };
const cases: readonly Case[] = [
  {
    golden: 'llama-gqa',
    architecture: 'llama',
    keys: { ...rms, ...width10, ...rotary(10), ...theta(500), vocab_size: { u32: 53 } },
  },
  { golden: 'llama-biases', architecture: 'llama', keys: { ...rms, ...rotary(6), ...theta(10000) } },
  {
    golden: 'llama-llama3',
    architecture: 'llama',
    keys: { ...rms, ...width16, ...theta(10000) },
    extra: [float32Tensor('rope_freqs.weight', [8], llama3Factors(16, 10000, 16))],
  },
  {
    golden: 'llama-linear',
    architecture: 'llama',
    keys: { ...rms, 'rope.scaling.type': { text: 'linear' }, 'rope.scaling.factor': { f32: 2.5 } },
    config: { hidden_act: 'gelu' },
  },
  {
    golden: 'llama-yarn',
    architecture: 'llama',
    keys: {
      ...rms,
      ...width16,
      'rope.scaling.type': { text: 'yarn' },
      'rope.scaling.factor': { f32: 4 },
      'rope.scaling.original_context_length': { u32: 16 },
      'rope.scaling.yarn_beta_fast': { f32: 4 },
      'rope.scaling.yarn_beta_slow': { f32: 1 },
    },
  },
  { golden: 'mistral-window', architecture: 'llama', keys: { ...rms, ...width10, ...window(4) } },
  { golden: 'qwen2-biased', architecture: 'qwen2', keys: { ...rms, ...theta(1000000) } },
  { golden: 'qwen3-normed', architecture: 'qwen3', keys: { ...rms, ...width10 } },
  { golden: 'gemma-mqa', architecture: 'gemma', keys: { ...rms, ...width10 } },
  {
    golden: 'gemma2-caps',
    architecture: 'gemma2',
    keys: { ...rms, ...width10, ...window(4), attn_logit_softcapping: { f32: 3 }, final_logit_softcapping: { f32: 6 } },
    config: gemmaScale,
  },
  {
    golden: 'gemma3-defaults',
    architecture: 'gemma3',
    keys: { ...rms, ...width10, ...window(5), ...theta(1000000), final_logit_softcapping: { f32: 8 } },
    config: gemmaScale,
  },
  { golden: 'phi-half', architecture: 'phi2', keys: { ...layerNorm, ...rotary(4) } },
  {
    golden: 'phi3-longShort',
    architecture: 'phi3',
    keys: {
      ...rms5,
      ...rotary(8),
      ...window(0),
      'rope.scaling.original_context_length': { u32: 16 },
      'rope.scaling.attn_factor': { f32: Math.sqrt(1 + Math.log(4) / Math.log(16)) },
    },
    extra: [
      float32Tensor('rope_factors_long.weight', [4], [1, 2, 5, 11]),
      float32Tensor('rope_factors_short.weight', [4], [1, 1.1, 1.3, 1.7]),
    ],
  },
  {
    golden: 'phi3-window',
    architecture: 'phi3',
    keys: { ...rms5, ...rotary(8), ...window(4), 'rope.scaling.original_context_length': { u32: 64 } },
  },
  { golden: 'gpt2-tied', architecture: 'gpt2', keys: layerNorm },
  {
    golden: 'gpt2-untied',
    architecture: 'gpt2',
    keys: { 'attention.layer_norm_epsilon': { f32: 0.001 } },
    config: { activation_function: 'relu' },
  },
  {
    golden: 'gptNeoX-parallel',
    architecture: 'gptneox',
    keys: { ...layerNorm, ...rotary(2), use_parallel_residual: { bool: true } },
  },
  {
    golden: 'gptNeoX-sequential',
    architecture: 'gptneox',
    keys: { ...layerNorm, ...rotary(4), use_parallel_residual: { bool: false } },
    config: { hidden_act: 'gelu_new' },
  },
  { golden: 'bloom-alibi', architecture: 'bloom', keys: layerNorm },
  {
    golden: 'falcon-newDecoder',
    architecture: 'falcon',
    keys: { ...layerNorm, tensor_data_layout: { text: 'jploski' } },
  },
  {
    golden: 'falcon-multiQuery',
    architecture: 'falcon',
    keys: { ...layerNorm, 'attention.head_count_kv': { u32: 1 } },
  },
  { golden: 'falcon-newOneNorm', architecture: 'falcon', keys: { ...layerNorm, ...theta(500000) } },
  {
    golden: 'stablelm-biased',
    architecture: 'stablelm',
    keys: { ...layerNorm, use_parallel_residual: { bool: true } },
  },
  { golden: 'stablelm-parallel', architecture: 'stablelm', keys: { ...layerNorm, ...rotary(4) } },
  { golden: 'stablelm-sequential', architecture: 'stablelm', keys: { ...layerNorm, ...rotary(2) } },
  { golden: 'starcoder2-plain', architecture: 'starcoder2', keys: layerNorm },
  { golden: 'starcoder2-window', architecture: 'starcoder2', keys: { ...layerNorm, ...window(4) } },
  { golden: 'olmo2-normed', architecture: 'olmo2', keys: rms5 },
  {
    golden: 'granite-multipliers',
    architecture: 'granite',
    keys: {
      ...rms,
      'attention.scale': { f32: 0.2 },
      embedding_scale: { f32: 3 },
      residual_scale: { f32: 0.4 },
      logit_scale: { f32: 0.7 },
    },
  },
  {
    golden: 'cohere-scaled',
    architecture: 'command-r',
    keys: { ...layerNorm, ...theta(500000), ...none, logit_scale: { f32: 1.5 } },
  },
  {
    golden: 'cohere-normed',
    architecture: 'command-r',
    keys: { ...layerNorm, ...theta(8000000), ...none, logit_scale: { f32: 0.5 } },
  },
  {
    golden: 'smollm3-interval',
    architecture: 'smollm3',
    keys: { ...rms, ...theta(2000000) },
    config: { no_rope_layers: [1, 0, 1] },
  },
];

async function openBoth({
  golden,
  architecture,
  keys,
  extra,
}: Case): Promise<{ original: ModelFiles; converted: ModelFiles }> {
  const original = await openModelFiles(fileURLToPath(new URL(`../../fixtures/golden/${golden}`, import.meta.url)));
  const { shape } = familyOf(original.config).family;
  const counts: Record<string, GgufTestValue> = {
    block_count: { u32: shape.layers },
    context_length: { u32: shape.context },
    embedding_length: { u32: shape.width },
    feed_forward_length: { u32: shape.mlpWidth ?? 0 },
    'attention.head_count': { u32: shape.heads },
    'attention.head_count_kv': { u32: shape.kvHeads },
  };
  const bytes = await toGguf(original, {
    architecture,
    keys: { ...counts, ...keys },
    heads: shape.heads,
    kvHeads: shape.kvHeads,
    ...(extra === undefined ? {} : { extra }),
  });
  return { original, converted: await openModelFiles(put(folder, `${golden}.gguf`, bytes)) };
}

/** What a family says of itself, as plain data. */
function described({ shape, lacks, causal, windowOf, rotaryKinds, rotaryOf, readsKeyPositions }: Family): unknown {
  const layers = Array.from({ length: shape.layers }, (_, layer) => [windowOf(layer), rotaryOf(layer)]);
  const frequencies = rotaryKinds.map((kind) => [kind.scale, ...kind.frequencies(10), ...kind.frequencies(20)]);
  return {
    shape,
    lacks,
    causal,
    layers,
    frequencies: frequencies.map((row) => row.map((x) => x.toPrecision(6))),
    readsKeyPositions,
  };
}

/** The value of a tensor, and where it differs most from another's. */
async function difference(a: StoredTensor, b: StoredTensor): Promise<number> {
  const [x, y] = [await readFloat32(a), await readFloat32(b)];
  return x.reduce((most, value, i) => Math.max(most, Math.abs(value - (y[i] ?? NaN))), 0);
}

/** The logits of a few ids. */
async function logitsOf(path: string): Promise<Float32Array> {
  const model = await openModel(path, { weights: 'float32' });
  try {
    return (await model.forward({ ids: [[3, 7, 1, 20, 11, 5, 9]], logits: 'all' })).logits?.data ?? new Float32Array(0);
  } finally {
    await model.dispose();
  }
}

/** One case of each architecture, without those whose golden has a setting that GGUF has no key for. */
const firstOfEach = cases
  .filter(({ config }) => config === undefined)
  .filter(({ architecture }, index, list) => list.findIndex((other) => other.architecture === architecture) === index);

describe('a checkpoint converted to GGUF', () => {
  it.each(cases)('$golden has the same tensors and describes the same family', async (one) => {
    const { original, converted } = await openBoth(one);
    const wanted = [...original.tensors.keys()].filter((name) => !/rotary_emb|\.attn\.(bias|masked_bias)/.test(name));
    expect([...converted.tensors.keys()].toSorted()).toEqual(wanted.toSorted());
    for (const tensor of converted.tensors.values()) {
      const same = original.tensors.get(tensor.name);
      if (same === undefined) throw new Error(`no ${tensor.name}`);
      expect(tensor.shape).toEqual(same.shape);
      // Gemma's 1 is added and subtracted in float32.
      expect(await difference(tensor, same)).toBeLessThanOrEqual(one.architecture.startsWith('gemma') ? 1.2e-7 : 0);
    }
    const [expected, got] = [familyOf(original.config), familyOf({ ...converted.config, ...one.config })];
    expect(got.architecture.id).toBe(expected.architecture.id);
    expect(described(got.family)).toEqual(described(expected.family));
  });

  it.each(firstOfEach)('$golden computes the same logits', async (one) => {
    const { original, converted } = await openBoth(one);
    const [expected, got] = [await logitsOf(original.path), await logitsOf(converted.path)];
    expect(got.length).toBeGreaterThan(0);
    expect(got.reduce((most, x, i) => Math.max(most, Math.abs(x - (expected[i] ?? NaN))), 0)).toBeLessThan(1e-5);
  });
});

describe('GGUF metadata', () => {
  const keys = {
    block_count: { u32: 1 },
    context_length: { u32: 8 },
    embedding_length: { u32: 4 },
    feed_forward_length: { u32: 8 },
    'attention.head_count': { u32: 2 },
  };
  async function open(
    changes: Readonly<Record<string, GgufTestValue>>,
    tensors: readonly string[] = [],
    architecture = 'llama',
  ) {
    const prefixed = Object.entries({ ...keys, ...(architecture === 'phi2' ? layerNorm : rms), ...changes }).map(
      ([key, value]) => [
        key.includes('general.') || key.includes('tokenizer.') ? key : `${architecture}.${key}`,
        value,
      ],
    );
    const bytes = ggufBytes({
      metadata: { 'general.architecture': { text: architecture }, ...Object.fromEntries(prefixed) },
      tensors: ['token_embd.weight', ...tensors].map((name) => float32Tensor(name, [3, 4], new Float32Array(12))),
    });
    return openModelFiles(put(folder, 'keys.gguf', bytes));
  }

  it.each<[string, Readonly<Record<string, GgufTestValue>>, string]>([
    ['is not understood', { 'attention.new_trick': { u32: 1 } }, '"llama.attention.new_trick" is not understood'],
    ['asks for experts', { expert_count: { u32: 8 } }, '"llama.expert_count": expected 0, got 8'],
    ['is no number', { block_count: { text: 'two' } }, '"llama.block_count": expected a number, got two'],
    ['is no count', { block_count: { f32: 1.5 } }, 'expected a positive integer, got 1.5'],
    ['differs between layers', { feed_forward_length: { i32s: [8, 9] } }, 'the same number in every layer'],
    [
      'scales rotation unheard of',
      { 'rope.scaling.type': { text: 'spiral' } },
      'none, linear, yarn or longrope, got spiral',
    ],
    [
      'rotates part of a head',
      { 'rope.dimension_count': { u32: 1 } },
      'rope.dimension_count": expected the head width 2, got 1',
    ],
    [
      'has more tokens than rows',
      { 'tokenizer.ggml.tokens': { texts: ['a', 'b', 'c', 'd'] } },
      'expected at most 3, got 4',
    ],
  ])('that %s is refused by name', async (_, changes, message) => {
    expect(await faultOf(() => open(changes))).toContain(message);
  });

  it('of an unknown architecture is refused by name, and so is a tensor that it does not have', async () => {
    expect(await faultOf(() => open({}, [], 'gptj'))).toMatch(/expected llama, .*, got gptj/);
    expect(await faultOf(() => open({}, ['blk.0.attn_sinks.weight']))).toContain(
      'tensor "blk.0.attn_sinks.weight" is not one',
    );
  });

  it('gives float32 settings as the decimals that their author wrote', async () => {
    expect((await open(theta(500000))).config).toMatchObject({ rms_norm_eps: 1e-6, rope_theta: 500000, head_dim: 2 });
  });

  it('of an older phi2 file, with q, k and v in one tensor, gives the three', async () => {
    const { tensors } = await open({}, ['blk.0.attn_qkv.weight'], 'phi2');
    const parts = [...tensors.values()].filter(({ name }) => name.includes('self_attn'));
    expect(parts.map(({ name, shape }) => [name, shape])).toEqual(
      ['q', 'k', 'v'].map((letter) => [`model.layers.0.self_attn.${letter}_proj.weight`, [1, 4]]),
    );
    expect(parts.map(({ offset }) => offset - (parts[0]?.offset ?? 0))).toEqual([0, 16, 32]);
  });
});

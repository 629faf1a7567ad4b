import { describe, expect, it } from 'vitest';
import { architectures, familyOf } from '../../engine/arch/index.ts';
import { familyRows, sitesOf } from '../../engine/arch/sites.ts';
import type { Config } from '../../engine/arch/architecture.ts';
import { Fault } from '../../engine/terms/fault.ts';

const llama: Config = {
  model_type: 'llama',
  vocab_size: 53,
  hidden_size: 24,
  intermediate_size: 28,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  max_position_embeddings: 64,
};

function faultOf(config: Config): string {
  try {
    familyOf(config);
  } catch (error) {
    if (error instanceof Fault) return error.message;
    throw error;
  }
  return 'no fault';
}

describe('configs that can not be', () => {
  it.each([
    ['an unknown family', { model_type: 'mamba' }, /^config model_type: unknown model family: .*got "mamba"$/],
    ['no layers', { num_hidden_layers: 0 }, /^config num_hidden_layers: .*got 0$/],
    ['a billion layers', { num_hidden_layers: 1e9 }, /^config num_hidden_layers: .*got 1000000000$/],
    ['a negative width', { hidden_size: -24 }, /^config hidden_size: .*got -24$/],
    ['a width in words', { hidden_size: '24' }, /^config hidden_size: .*got "24"$/],
    ['half a head', { num_attention_heads: 4.5 }, /^config num_attention_heads: .*got 4.5$/],
    [
      'heads that do not share the width',
      { num_attention_heads: 5, num_key_value_heads: 5 },
      /divisor of the model width 24/,
    ],
    [
      'groups that do not divide the heads',
      { num_key_value_heads: 3 },
      /^config num_key_value_heads: .*divisor of the 4 query heads, got 3$/,
    ],
    ['an epsilon that is no number', { rms_norm_eps: NaN }, /^config rms_norm_eps: .*got NaN$/],
    ['an unknown activation', { hidden_act: 'sine' }, /^config hidden_act: .*got "sine"$/],
    ['a bias that is a number', { attention_bias: 1 }, /^config attention_bias: .*got 1$/],
    ['a missing width', { hidden_size: undefined }, /^config hidden_size: .*got nothing$/],
    ['an unknown key', { use_magic: true }, /^config use_magic: a key that Llama is not known to have: got true$/],
    ['an unknown key at null', { use_magic: null }, /^config use_magic/],
    [
      'a key at a value that is not supported',
      { rope_interleaved: true },
      /^config rope_interleaved: .*expected false, got true$/,
    ],
    [
      'quantised weights of another kind',
      { quantization_config: { quant_method: 'gptq' } },
      /^config quantization_config: .*gptq/,
    ],
    ['cross attention', { add_cross_attention: true }, /^config add_cross_attention/],
    [
      'an unknown rotary scaling',
      { rope_scaling: { rope_type: 'spiral' } },
      /^config rope_scaling.rope_type: .*got "spiral"$/,
    ],
    [
      'a rotary setting of another scaling',
      { rope_scaling: { rope_type: 'linear', factor: 2, beta_fast: 3 } },
      /^config rope_scaling.beta_fast/,
    ],
    [
      'a linear scaling without a factor',
      { rope_scaling: { type: 'linear' } },
      /^config rope_scaling.factor: .*got nothing$/,
    ],
    ['a rotary base of zero', { rope_theta: 0 }, /^config rope_theta: .*got 0$/],
    [
      'a partial rotary in a family that has none',
      { partial_rotary_factor: 0.5 },
      /^config partial_rotary_factor: .*1 in this family/,
    ],
  ])('%s is refused by the name of its key', (_, change, message) => {
    expect(faultOf({ ...llama, ...change })).toMatch(message);
  });

  it('a rotary head of odd width is refused', () => {
    expect(faultOf({ ...llama, head_dim: 7 })).toMatch(/head width 7/);
  });

  it('a sliding layer without a window is refused', () => {
    const config = { ...llama, model_type: 'qwen2', layer_types: ['full_attention', 'sliding_attention'] };
    expect(faultOf(config)).toMatch(/^config sliding_window: .*window for the sliding_attention layers/);
  });

  it('layer types for another number of layers are refused', () => {
    expect(faultOf({ ...llama, model_type: 'qwen2', layer_types: ['full_attention'] })).toMatch(/a list of 2 entries/);
  });

  it('long-rope factors of another number are refused', () => {
    const rope = { type: 'longrope', short_factor: [1, 1], long_factor: [1, 1, 1] };
    expect(faultOf({ ...llama, model_type: 'phi3', rope_scaling: rope })).toMatch(/short_factor: .*3 entries/);
  });
});

describe('configs as they lie on disks', () => {
  const smolLM2 = {
    architectures: ['LlamaForCausalLM'],
    attention_bias: false,
    attention_dropout: 0,
    bos_token_id: 1,
    eos_token_id: 2,
    hidden_act: 'silu',
    hidden_size: 576,
    initializer_range: 0.041666666666666664,
    intermediate_size: 1536,
    is_llama_config: true,
    max_position_embeddings: 8192,
    model_type: 'llama',
    num_attention_heads: 9,
    num_hidden_layers: 30,
    num_key_value_heads: 3,
    pad_token_id: 2,
    pretraining_tp: 1,
    rms_norm_eps: 1e-5,
    rope_interleaved: false,
    rope_scaling: null,
    rope_theta: 100000,
    tie_word_embeddings: true,
    torch_dtype: 'bfloat16',
    'transformers.js_config': { kv_cache_dtype: { q4f16: 'float16' } },
    transformers_version: '4.42.3',
    use_cache: true,
    vocab_size: 49152,
  };
  const bloom560m = {
    apply_residual_connection_post_layernorm: false,
    attention_dropout: 0,
    attention_softmax_in_fp32: true,
    bias_dropout_fusion: true,
    bos_token_id: 1,
    eos_token_id: 2,
    hidden_dropout: 0,
    initializer_range: 0.02,
    layer_norm_epsilon: 1e-5,
    masked_softmax_fusion: true,
    model_type: 'bloom',
    n_embed: 1024,
    n_inner: null,
    n_layer: 24,
    num_attention_heads: 16,
    offset_alibi: 100,
    pretraining_tp: 1,
    skip_bias_add: true,
    skip_bias_add_qkv: false,
    unk_token_id: 0,
    use_cache: true,
    vocab_size: 250880,
  };
  const phi4Mini = {
    attention_bias: false,
    attention_dropout: 0,
    auto_map: { AutoConfig: 'configuration_phi3.Phi3Config' },
    embd_pdrop: 0,
    full_attn_mod: 1,
    hidden_act: 'silu',
    hidden_size: 3072,
    intermediate_size: 8192,
    interpolate_factor: 1,
    lm_head_bias: false,
    max_position_embeddings: 131072,
    mlp_bias: false,
    model_type: 'phi3',
    num_attention_heads: 24,
    num_hidden_layers: 32,
    num_key_value_heads: 8,
    original_max_position_embeddings: 4096,
    partial_rotary_factor: 0.75,
    resid_pdrop: 0,
    rms_norm_eps: 1e-5,
    rope_scaling: { type: 'longrope', long_factor: Array(48).fill(1.5), short_factor: Array(48).fill(1) },
    rope_theta: 10000,
    sliding_window: 262144,
    tie_word_embeddings: true,
    vocab_size: 200064,
  };

  it('SmolLM2 is Llama with 9 heads in 3 groups', () => {
    const { architecture, family } = familyOf(smolLM2);
    expect(architecture.id).toBe('llama');
    expect(family.shape).toMatchObject({ layers: 30, heads: 9, kvHeads: 3, headWidth: 64, context: 8192 });
    expect(family.unembed.weights).toMatchObject({
      'embed_tokens.weight': { tensors: ['model.embed_tokens.weight', 'embed_tokens.weight'] },
    });
  });

  it('BLOOM answers to the names of its first release', () => {
    expect(familyOf(bloom560m).family.shape).toMatchObject({ layers: 24, heads: 16, headWidth: 64, mlpWidth: 4096 });
  });

  it('Phi 4 mini turns three quarters of a head', () => {
    const [kind] = familyOf(phi4Mini).family.rotaryKinds;
    expect(kind?.frequencies(1).length).toBe(48);
    expect(kind?.scale).toBeCloseTo(Math.sqrt(1 + Math.log(32) / Math.log(4096)), 12);
  });

  it('a TransformerLens config needs no model_type, and a config of another family with its keys is not one', () => {
    const lens = { n_layers: 1, d_model: 8, d_head: 4, n_ctx: 16, d_vocab: 11, attn_only: true };
    expect(familyOf(lens).architecture.id).toBe('transformerLens');
    expect(faultOf({ ...lens, model_type: 'mpt' })).toMatch(/unknown model family/);
    expect(faultOf({ ...lens, positional_embedding_type: 'alibi' })).toMatch(/^config positional_embedding_type/);
  });
});

describe('sites', () => {
  it('a parallel block has no residMid, and says why', () => {
    const { family } = familyOf({ ...llama, model_type: 'cohere' });
    expect(sitesOf(family)).not.toContain('residMid');
    expect(family.lacks.residMid).toMatch(/parallel/);
  });

  it('an attention-only model without norms lacks the sites of both', () => {
    const lens = {
      n_layers: 1,
      d_model: 8,
      d_head: 4,
      n_ctx: 16,
      d_vocab: 11,
      attn_only: true,
      normalization_type: null,
    };
    const { lacks } = familyOf(lens).family;
    expect(Object.keys(lacks).sort()).toEqual(['finalNorm', 'mlpAct', 'mlpOut', 'mlpPre', 'residMid']);
  });

  it('every family is listed with its model types', () => {
    const rows = familyRows(architectures);
    expect(rows.map(({ id }) => id)).toEqual(architectures.map(({ id }) => id));
    expect(rows.find(({ id }) => id === 'gptJ')?.lacks.map(({ site }) => site)).toEqual(['residMid']);
    expect(rows.find(({ id }) => id === 'llama')?.lacks).toEqual([]);
  });

  it('no model type answers to two families', () => {
    const types = architectures.flatMap(({ modelTypes }) => modelTypes);
    expect(new Set(types).size).toBe(types.length);
  });
});

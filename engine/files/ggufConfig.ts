/**
 * GGUF metadata -> the config.json that Hugging Face would have, per architecture; and the tensors under their names.
 * Rotary frequencies that a file stores as divisors (`rope_freqs.weight`, Llama 3's scaling) become
 * `rope_scaling: { rope_type: 'factors', factors }`: frequency[j] = theta^(-2j/H) / factors[j], attention unscaled.
 * What GGUF does not store (activation functions, scales fixed by the family) is the family's own value.
 */
import { Fault } from '../terms/fault.ts';
import type { GgufFile } from './gguf.ts';
import { optionalKey, readFacts } from './ggufFacts.ts';
import type { Config, Facts } from './ggufFacts.ts';
import { GgufKeys } from './ggufKeys.ts';
import { nameTensors } from './ggufNames.ts';
import type { StoredTensor } from './modelFiles.ts';

export interface GgufModel {
  readonly config: Config;
  readonly generationConfig: Config;
  /** By Hugging Face's names. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** Throws Fault for an architecture or a metadata key that is not understood. */
export async function ggufModel(file: string, { metadata, tensors }: GgufFile): Promise<GgufModel> {
  const architecture = metadata.get('general.architecture');
  if (typeof architecture !== 'string' || !Object.hasOwn(families, architecture)) {
    throw new Fault({
      what: 'general.architecture is not one that is read',
      where: file,
      expected: Object.keys(families).join(', '),
      got: String(architecture ?? 'none'),
    });
  }
  const keys = new GgufKeys(file, architecture, metadata);
  const facts = await readFacts(keys, tensors, metadata);
  const config = (families[architecture] as FamilyConfig)(keys, facts);
  keys.finish();
  const ids = specialIds(metadata);
  return {
    config: { ...config, vocab_size: facts.vocabulary, tie_word_embeddings: !facts.has('output'), ...ids.config },
    generationConfig: ids.generation,
    tensors: nameTensors(architecture, tensors, facts),
  };
}

function specialIds(metadata: GgufFile['metadata']): { readonly config: Config; readonly generation: Config } {
  const id = (name: string): number[] => {
    const value = metadata.get(`tokenizer.ggml.${name}_token_id`);
    return typeof value === 'number' ? [value] : [];
  };
  const config = Object.fromEntries(
    ['bos', 'eos'].flatMap((name) => id(name).map((value) => [`${name}_token_id`, value] as const)),
  );
  const ends = [...new Set([...id('eos'), ...id('eot'), ...id('eom')])];
  return { config, generation: { ...config, ...(ends.length > 0 ? { eos_token_id: ends } : {}) } };
}

type FamilyConfig = (keys: GgufKeys, facts: Facts) => Config;

/** The keys that most families share, with RMS norms and a gated MLP. */
const decoder: FamilyConfig = (keys, facts) => ({
  ...sizes(keys, facts),
  hidden_act: 'silu',
  rms_norm_eps: keys.number('attention.layer_norm_rms_epsilon'),
});

const sizes: FamilyConfig = (keys, facts) => {
  if (facts.rotaryShare !== 1 && !partlyRotary.has(keys.architecture)) {
    throw new Fault({
      what: `"${keys.architecture}.rope.dimension_count"`,
      where: keys.file,
      expected: `the head width ${facts.headWidth}`,
      got: `${facts.rotaryShare * facts.headWidth}`,
    });
  }
  return {
    hidden_size: facts.width,
    intermediate_size: facts.mlpWidth,
    num_hidden_layers: facts.layers,
    num_attention_heads: facts.heads,
    num_key_value_heads: facts.kvHeads,
    max_position_embeddings: facts.context,
    rope_theta: facts.theta,
    ...(facts.scaling === null ? {} : { rope_scaling: facts.scaling }),
    ...(facts.headWidth * facts.heads === facts.width ? {} : { head_dim: facts.headWidth }),
  };
};

const partlyRotary = new Set(['phi2', 'phi3', 'gptneox', 'stablelm']);

const layerNormEpsilon = (keys: GgufKeys): number => keys.number('attention.layer_norm_epsilon');

const biased = ({ has }: Facts): Config => ({ attention_bias: has('attn_q', 'bias') });

const llama: FamilyConfig = (keys, facts) => ({
  ...decoder(keys, facts),
  ...biased(facts),
  head_dim: facts.headWidth,
  mlp_bias: facts.has('ffn_up', 'bias'),
});

const llamaOrMistral: FamilyConfig = (keys, facts) => {
  const window = keys.optionalCount('attention.sliding_window');
  if (window === null) return { model_type: 'llama', ...llama(keys, facts) };
  return { model_type: 'mistral', ...decoder(keys, facts), head_dim: facts.headWidth, sliding_window: window };
};

const gemmaBase: FamilyConfig = (keys, facts) => {
  const { hidden_act: _silu, ...rest } = decoder(keys, facts);
  return { ...rest, head_dim: facts.headWidth };
};

/** Queries are divided by the square root of this: the head width, but D / N in the 27B models. */
function queryScalar({ layers, width, heads, headWidth }: Facts, layersOf27B: number): number {
  return layers === layersOf27B ? width / heads : headWidth;
}

function layerTypes(layers: number, isSliding: (layer: number) => boolean): readonly string[] {
  return Array.from({ length: layers }, (_, layer) => (isSliding(layer) ? 'sliding_attention' : 'full_attention'));
}

const gemma2: FamilyConfig = (keys, facts) => ({
  model_type: 'gemma2',
  ...gemmaBase(keys, facts),
  hidden_activation: 'gelu_pytorch_tanh',
  attn_logit_softcapping: keys.optional('attn_logit_softcapping') ?? 50,
  final_logit_softcapping: keys.optional('final_logit_softcapping') ?? 30,
  query_pre_attn_scalar: queryScalar(facts, 46),
  sliding_window: keys.optionalCount('attention.sliding_window') ?? 4096,
  layer_types: layerTypes(facts.layers, (layer) => layer % 2 === 0),
});

const gemma3: FamilyConfig = (keys, facts) => {
  const window = keys.optionalCount('attention.sliding_window');
  keys.only('attention.sliding_window_pattern', 6);
  return {
    model_type: 'gemma3_text',
    ...gemmaBase(keys, facts),
    hidden_activation: 'gelu_pytorch_tanh',
    ...optionalKey('final_logit_softcapping', keys.optional('final_logit_softcapping')),
    query_pre_attn_scalar: queryScalar(facts, 62),
    rope_local_base_freq: keys.optional('rope.freq_base_swa') ?? 10000,
    ...optionalKey('sliding_window', window),
    layer_types: layerTypes(facts.layers, (layer) => window !== null && layer % 6 !== 5),
  };
};

const phi3: FamilyConfig = (keys, facts) => {
  const window = keys.optional('attention.sliding_window');
  const original = keys.optionalCount('rope.scaling.original_context_length');
  return {
    model_type: 'phi3',
    ...decoder(keys, facts),
    original_max_position_embeddings: original ?? facts.context,
    sliding_window: window === 0 ? null : window,
    ...(facts.rotaryShare === 1 ? {} : { partial_rotary_factor: facts.rotaryShare }),
  };
};

const gpt2: FamilyConfig = (keys, facts) => ({
  model_type: 'gpt2',
  n_embd: facts.width,
  n_layer: facts.layers,
  n_head: facts.heads,
  n_inner: facts.mlpWidth === 4 * facts.width ? null : facts.mlpWidth,
  n_positions: facts.context,
  activation_function: 'gelu_new',
  layer_norm_epsilon: layerNormEpsilon(keys),
});

const gptNeoX: FamilyConfig = (keys, facts) => {
  const { rope_theta: theta, num_key_value_heads: _same, ...rest } = sizes(keys, facts);
  return {
    model_type: 'gpt_neox',
    ...rest,
    rotary_emb_base: theta,
    rotary_pct: facts.rotaryShare,
    hidden_act: 'gelu',
    layer_norm_eps: layerNormEpsilon(keys),
    use_parallel_residual: keys.boolean('use_parallel_residual') ?? true,
    attention_bias: facts.has('attn_qkv', 'bias'),
  };
};

const bloom: FamilyConfig = (keys, facts) => ({
  model_type: 'bloom',
  hidden_size: facts.width,
  n_layer: facts.layers,
  n_head: facts.heads,
  seq_length: facts.context,
  layer_norm_epsilon: layerNormEpsilon(keys),
  apply_residual_connection_post_layernorm: false,
});

const falcon: FamilyConfig = (keys, facts) => {
  const { intermediate_size: mlp, num_key_value_heads: kvHeads, ...rest } = sizes(keys, facts);
  const grouped = facts.kvHeads > 1;
  return {
    model_type: 'falcon',
    ...rest,
    ffn_hidden_size: mlp,
    num_kv_heads: kvHeads,
    multi_query: !grouped,
    new_decoder_architecture: grouped,
    ...(grouped && !facts.has('attn_norm_2') ? { num_ln_in_parallel_attn: 1 } : {}),
    parallel_attn: true,
    bias: false,
    alibi: false,
    activation: 'gelu',
    layer_norm_epsilon: layerNormEpsilon(keys),
  };
};

const granite: FamilyConfig = (keys, facts) => {
  const { head_dim: width, ...rest } = llama(keys, facts);
  return {
    model_type: 'granite',
    ...rest,
    ...(facts.headWidth * facts.heads === facts.width ? {} : { head_dim: width }),
    attention_multiplier: keys.optional('attention.scale') ?? 1 / Math.sqrt(facts.headWidth),
    embedding_multiplier: keys.optional('embedding_scale') ?? 1,
    residual_multiplier: keys.optional('residual_scale') ?? 1,
    logits_scaling: keys.optional('logit_scale') ?? 1,
  };
};

const starcoder2: FamilyConfig = (keys, facts) => ({
  model_type: 'starcoder2',
  ...sizes(keys, facts),
  hidden_act: 'gelu_pytorch_tanh',
  norm_epsilon: layerNormEpsilon(keys),
  use_bias: facts.has('attn_q', 'bias'),
  sliding_window: keys.optionalCount('attention.sliding_window'),
});

const stablelm: FamilyConfig = (keys, facts) => {
  // A parallel block has no second norm; the key was written wrongly by older converters.
  keys.ignore('use_parallel_residual');
  return {
    model_type: 'stablelm',
    ...sizes(keys, facts),
    hidden_act: 'silu',
    layer_norm_eps: layerNormEpsilon(keys),
    partial_rotary_factor: facts.rotaryShare,
    use_qkv_bias: facts.has('attn_q', 'bias'),
    qk_layernorm: facts.has('attn_q_norm'),
    use_parallel_residual: !facts.has('ffn_norm'),
  };
};

const families: Readonly<Record<string, FamilyConfig>> = {
  llama: llamaOrMistral,
  granite,
  // Every fourth layer has no rotary embedding; 1 marks a layer that has it.
  smollm3: (keys, facts) => ({
    model_type: 'smollm3',
    ...decoder(keys, facts),
    ...biased(facts),
    no_rope_layers: Array.from({ length: facts.layers }, (_, layer) => (layer % 4 === 3 ? 0 : 1)),
  }),
  qwen2: (keys, facts) => ({ model_type: 'qwen2', ...decoder(keys, facts) }),
  qwen3: (keys, facts) => ({
    model_type: 'qwen3',
    ...decoder(keys, facts),
    ...biased(facts),
    head_dim: facts.headWidth,
  }),
  gemma: (keys, facts) => ({ model_type: 'gemma', ...gemmaBase(keys, facts), hidden_act: 'gelu_pytorch_tanh' }),
  gemma2,
  gemma3,
  phi2: (keys, facts) => ({
    model_type: 'phi',
    ...sizes(keys, facts),
    hidden_act: 'gelu_new',
    layer_norm_eps: layerNormEpsilon(keys),
    partial_rotary_factor: facts.rotaryShare,
    qk_layernorm: false,
  }),
  phi3,
  gpt2,
  gptneox: gptNeoX,
  bloom,
  falcon,
  stablelm,
  starcoder2,
  olmo2: (keys, facts) => ({ model_type: 'olmo2', ...decoder(keys, facts), ...biased(facts) }),
  'command-r': (keys, facts) => ({
    model_type: 'cohere',
    ...sizes(keys, facts),
    hidden_act: 'silu',
    layer_norm_eps: layerNormEpsilon(keys),
    logit_scale: keys.number('logit_scale'),
    use_qk_norm: facts.has('attn_q_norm'),
    ...biased(facts),
  }),
};

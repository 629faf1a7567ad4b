/** TransformerLens models: config.json with HookedTransformerConfig's keys, weights under its state-dict names. */
import type { Architecture, Config, ModelShape } from './architecture.ts';
import type { ActivationName } from './parts/activations.ts';
import type { Attention } from './parts/attention.ts';
import { ConfigReader, limits } from './parts/config.ts';
import type { Block } from './parts/decoder.ts';
import { decoderFamily, sizesOf } from './parts/decoder.ts';
import type { Mlp } from './parts/mlp.ts';
import type { Norm } from './parts/norms.ts';
import type { Rotary, RotaryScaling } from './parts/rotary.ts';
import { dividedWidth, readKvHeads } from './parts/shape.ts';
import type { Linear, Namer } from './parts/weights.ts';
import { layerNamer, namer } from './parts/weights.ts';

const normKinds = ['LN', 'LNPre', 'RMS', 'RMSPre'] as const;
type NormKind = (typeof normKinds)[number];

const positionKinds = ['standard', 'rotary', 'shortformer'] as const;

/** `act_fn` names and what they are; `gelu_fast` is TransformerLens' name for the tanh form. */
const activationsByName = {
  relu: 'relu',
  gelu: 'gelu',
  gelu_new: 'gelu_new',
  gelu_fast: 'gelu_fast',
  gelu_pytorch_tanh: 'gelu_pytorch_tanh',
  silu: 'silu',
  solu: 'solu',
  solu_ln: 'solu',
} as const satisfies Record<string, ActivationName>;
const activationKeys = Object.keys(activationsByName) as readonly (keyof typeof activationsByName)[];

export const transformerLens: Architecture = {
  id: 'transformerLens',
  title: 'TransformerLens',
  modelTypes: ['HookedTransformer'],
  lacks: {
    residMid: 'in attention-only models and in parallel blocks',
    mlpPre: 'in attention-only models',
    mlpAct: 'in attention-only models',
    mlpOut: 'in attention-only models',
    finalNorm: 'in models without norms',
  },
  matches: isLensConfig,
  handled: [
    'n_layers',
    'n_heads',
    'n_key_value_heads',
    'd_head',
    'd_model',
    'd_mlp',
    'd_vocab',
    'd_vocab_out',
    'n_ctx',
    'eps',
    'act_fn',
    'attn_only',
    'gated_mlp',
    'parallel_attn_mlp',
    'normalization_type',
    'final_rms',
    'use_normalization_before_and_after',
    'use_qk_norm',
    'post_embedding_ln',
    'positional_embedding_type',
    'rotary_dim',
    'rotary_base',
    'rotary_adjacent_pairs',
    'use_NTK_by_parts_rope',
    'NTK_by_parts_low_freq_factor',
    'NTK_by_parts_high_freq_factor',
    'NTK_by_parts_factor',
    'NTK_original_ctx_len',
    'attention_dir',
    'use_attn_scale',
    'attn_scale',
    'scale_attn_by_inverse_layer_idx',
    'use_local_attn',
    'window_size',
    'attn_types',
    'attn_scores_soft_cap',
    'output_logits_soft_cap',
  ],
  // Hooks, initial weights, devices and where the model came from: nothing of the forward pass.
  ignored: [
    'model_name',
    'model_type',
    'original_architecture',
    'from_checkpoint',
    'checkpoint_index',
    'checkpoint_label_type',
    'checkpoint_value',
    'tokenizer_name',
    'tokenizer_prepends_bos',
    'default_prepend_bos',
    'use_attn_result',
    'use_attn_in',
    'use_split_qkv_input',
    'use_hook_mlp_in',
    'use_hook_tokens',
    'ungroup_grouped_query_attention',
    'init_mode',
    'init_weights',
    'seed',
    'device',
    'n_devices',
    'n_params',
    'dtype',
    'trust_remote_code',
    'decoder_start_token_id',
    'tie_word_embeddings',
    'experts_per_token',
    'relative_attention_max_distance',
    'relative_attention_num_buckets',
    'load_in_4bit',
  ],
  fixed: { num_experts: [null], rotary_base_local: [null], rotary_scaling_factor: [null, 1] },
  describe(config) {
    const read = new ConfigReader(config);
    const shape = readLensShape(read);
    const sizes = { ...sizesOf(shape), V: shape.vocabulary, S: shape.context };
    const model = namer([''], sizes);
    const layers = layerNamer(['blocks.{l}.'], sizes);
    const positional = read.choice('positional_embedding_type', positionKinds, 'standard');
    const table = positional === 'rotary' ? null : model('pos_embed.W_pos', 'S D');
    const out = namer([''], { ...sizes, V: shape.outputVocabulary });
    const blockAt = blockReader(read, shape, positional === 'shortformer');
    const kind = readNormKind(read);
    const epsilon = read.number('eps', limits.epsilon, 1e-5);
    return decoderFamily({
      shape,
      causal: read.choice('attention_dir', ['causal', 'bidirectional'], 'causal') === 'causal',
      windowOf: readLocalLayers(read, shape.layers),
      rotary: positional === 'rotary' ? [readLensRotary(read, shape)] : [],
      embedding: {
        tokens: model('embed.W_E', 'V D'),
        tokenNorm: read.boolean('post_embedding_ln', false) ? lensNorm(model, 'embed.ln', 'LN', epsilon) : null,
        positions: positional === 'standard' ? table : null,
      },
      block: (layer) => blockAt(layers(layer), layer, model),
      unembedding: {
        norm: kind === null ? null : lensNorm(model, 'ln_final', finalKind(read, kind), epsilon),
        weight: out('unembed.W_U', 'D V'),
        bias: out('unembed.b_U', 'V', { start: 0 }),
        softCap: readCap(read, 'output_logits_soft_cap'),
      },
    });
  },
};

// Its config has no model_type of its own; other families have some of the same keys.
function isLensConfig(config: Config): boolean {
  const type = config['model_type'] ?? 'HookedTransformer';
  return type === 'HookedTransformer' && Object.hasOwn(config, 'n_layers') && Object.hasOwn(config, 'd_model');
}

function readLensShape(read: ConfigReader): ModelShape {
  const width = read.integer('d_model', limits.width);
  const headWidth = read.integer('d_head', limits.headWidth);
  const heads = read.has('n_heads') && read.config['n_heads'] !== -1 ? read.integer('n_heads', limits.heads) : null;
  const count = heads ?? dividedWidth(read, 'd_head', width, headWidth);
  const vocabulary = read.integer('d_vocab', limits.vocabulary);
  const attentionOnly = read.boolean('attn_only', false);
  return {
    layers: read.integer('n_layers', limits.layers),
    heads: count,
    kvHeads: readKvHeads(read, 'n_key_value_heads', count),
    headWidth,
    width,
    mlpWidth: attentionOnly ? null : read.integer('d_mlp', limits.width, 4 * width),
    vocabulary,
    outputVocabulary: unset(read, 'd_vocab_out') ? vocabulary : read.integer('d_vocab_out', limits.vocabulary),
    context: read.integer('n_ctx', limits.context),
  };
}

// TransformerLens writes -1 where a number is not given.
function unset(read: ConfigReader, key: string): boolean {
  return !read.has(key) || read.config[key] === -1;
}

function readCap(read: ConfigReader, key: string): number | null {
  const cap = read.number(key, limits.any, -1);
  return cap > 0 ? cap : null;
}

function readNormKind(read: ConfigReader): NormKind | null {
  if (read.isAbsent('normalization_type')) return 'LN';
  return read.has('normalization_type') ? read.choice('normalization_type', normKinds) : null;
}

function finalKind(read: ConfigReader, kind: NormKind): NormKind {
  if (!read.boolean('final_rms', false)) return kind;
  return kind === 'LN' || kind === 'RMS' ? 'RMS' : 'RMSPre';
}

// `...Pre` have no weights: they were folded into what comes after.
function lensNorm(weights: Namer, name: string, kind: NormKind, epsilon: number, over: 'D' | 'M' | 'H' = 'D'): Norm {
  return {
    kind: kind.startsWith('LN') ? 'layer' : 'rms',
    over,
    epsilon,
    weight: kind.endsWith('Pre') ? null : weights(`${name}.w`, over, { start: 1 }),
    bias: kind === 'LN' ? weights(`${name}.b`, over, { start: 0 }) : null,
    plusOne: false,
  };
}

type BlockReader = (weights: Namer, layer: number, model: Namer) => Block;

function blockReader(read: ConfigReader, shape: ModelShape, shortformer: boolean): BlockReader {
  const kind = readNormKind(read);
  const epsilon = read.number('eps', limits.epsilon, 1e-5);
  const normed = (weights: Namer, name: string) => (kind === null ? null : lensNorm(weights, name, kind, epsilon));
  const after = read.boolean('use_normalization_before_and_after', false);
  const attention = attentionReader(read, shape, epsilon);
  const mlp = shape.mlpWidth === null ? null : mlpReader(read, kind, epsilon);
  const order = read.boolean('parallel_attn_mlp', false) ? 'parallel' : 'sequential';
  return (weights, layer, model) => ({
    order,
    attention: {
      norm: normed(weights, 'ln1'),
      part: { ...attention(weights, layer), positions: shortformer ? model('pos_embed.W_pos', 'S D') : null },
      outNorm: after ? normed(weights, 'ln1_post') : null,
    },
    mlp:
      mlp === null
        ? null
        : { norm: normed(weights, 'ln2'), part: mlp(weights), outNorm: after ? normed(weights, 'ln2_post') : null },
  });
}

function attentionReader(
  read: ConfigReader,
  { heads, kvHeads, headWidth }: ModelShape,
  epsilon: number,
): (weights: Namer, layer: number) => Omit<Attention, 'positions'> {
  const divisor = read.boolean('use_attn_scale', true) ? readAttentionScale(read, headWidth) : 1;
  const byLayer = read.boolean('scale_attn_by_inverse_layer_idx', false);
  const rotary = read.config['positional_embedding_type'] === 'rotary';
  const interleaved = read.boolean('rotary_adjacent_pairs', false);
  const normsHeads = read.boolean('use_qk_norm', false);
  const softCap = readCap(read, 'attn_scores_soft_cap');
  // Grouped keys and values are stored under names with an underscore.
  const grouped = read.has('n_key_value_heads') ? '_' : '';
  return (weights, layer) => ({
    heads,
    kvHeads,
    projections: {
      kind: 'separate',
      q: lensLinear(weights, 'attn.', 'Q', 'N D H', 'N H'),
      k: lensLinear(weights, `attn.${grouped}`, 'K', 'G D H', 'G H'),
      v: lensLinear(weights, `attn.${grouped}`, 'V', 'G D H', 'G H'),
    },
    out: lensLinear(weights, 'attn.', 'O', 'N H D', 'D'),
    queryNorm: normsHeads ? lensNorm(weights, 'attn.q_norm', 'RMS', epsilon, 'H') : null,
    keyNorm: normsHeads ? lensNorm(weights, 'attn.k_norm', 'RMS', epsilon, 'H') : null,
    rotary: rotary ? { interleaved } : null,
    scale: 1 / (byLayer ? divisor * (layer + 1) : divisor),
    softCap,
    alibi: null,
  });
}

function readAttentionScale(read: ConfigReader, headWidth: number): number {
  return unset(read, 'attn_scale') ? Math.sqrt(headWidth) : read.number('attn_scale', limits.positive);
}

// W_Q and b_Q under a prefix.
function lensLinear(weights: Namer, prefix: string, name: string, axes: string, bias: string): Linear {
  const weight = weights(`${prefix}W_${name}`, axes, { apart: true });
  return { weight, bias: weights(`${prefix}b_${name}`, bias, { start: 0, apart: true }) };
}

// A gated MLP adds b_in after the gate, a plain one before the activation.
function mlpReader(read: ConfigReader, kind: NormKind | null, epsilon: number): (weights: Namer) => Mlp {
  const name = read.choice('act_fn', activationKeys);
  const gated = read.boolean('gated_mlp', false);
  const activation = activationsByName[name];
  const innerKind = kind === 'LN' ? 'LN' : 'LNPre';
  return (weights) => {
    const bias = weights('mlp.b_in', 'M', { start: 0 });
    return {
      activation,
      gate: gated ? { weight: weights('mlp.W_gate', 'D M'), bias: null } : null,
      up: { weight: weights('mlp.W_in', 'D M'), bias: gated ? null : bias },
      innerBias: gated ? bias : null,
      norm: name === 'solu_ln' ? lensNorm(weights, 'mlp.ln', innerKind, epsilon, 'M') : null,
      down: lensLinear(weights, 'mlp.', 'out', 'M D', 'D'),
    };
  };
}

// `attn_types` says which layers see `window_size` tokens only.
function readLocalLayers(read: ConfigReader, layers: number): (layer: number) => number | null {
  if (!read.boolean('use_local_attn', false)) return () => null;
  const window = read.integer('window_size', limits.window);
  const types = read.perLayer('attn_types', layers, ['global', 'local']);
  if (types === null) return read.fail('attn_types', 'a list of global or local, with use_local_attn');
  return (layer) => (types[layer] === 'local' ? window : null);
}

function readLensRotary(read: ConfigReader, { headWidth }: ModelShape): Rotary {
  const width = read.integer('rotary_dim', { min: 2, max: headWidth }, headWidth);
  if (width % 2 !== 0) read.fail('rotary_dim', 'an even number');
  return { theta: read.number('rotary_base', limits.positive, 10000), width, scaling: readLensScaling(read) };
}

function readLensScaling(read: ConfigReader): RotaryScaling {
  if (!read.boolean('use_NTK_by_parts_rope', false)) return { kind: 'default' };
  return {
    kind: 'llama3',
    factor: read.number('NTK_by_parts_factor', limits.positive, 8),
    lowFrequencyFactor: read.number('NTK_by_parts_low_freq_factor', limits.positive, 1),
    highFrequencyFactor: read.number('NTK_by_parts_high_freq_factor', limits.positive, 4),
    originalContext: read.number('NTK_original_ctx_len', limits.positive, 8192),
  };
}

/**
 * GGUF tensor names -> Hugging Face names, and what each converter did to the stored values (llama.cpp's conversion scripts).
 *
 * | GGUF architecture        | change that is undone                                                   |
 * |--------------------------|-------------------------------------------------------------------------|
 * | llama, granite, smollm3  | rows of q and k, weight and bias, interleaved within each head          |
 * | gptneox, bloom, falcon   | fused qkv rows regrouped: all queries, all keys, all values             |
 * | gpt2                     | the four Conv1D weights of a block transposed                           |
 * | gemma, gemma2, gemma3    | 1 added to every norm weight                                            |
 * | phi2 (older files)       | q, k and v fused into one tensor: cut up again                          |
 * | stablelm                 | the norms of each head stacked into one tensor: cut up again            |
 * | qwen2, qwen3, phi2, phi3, stablelm, starcoder2, olmo2, command-r | rows are as Hugging Face has them |
 */
import { Fault } from '../terms/fault.ts';
import type { StoredChange, StoredTensor } from './modelFiles.ts';
import { valueCount } from './storedTypes.ts';

export interface HeadCounts {
  readonly heads: number;
  readonly kvHeads: number;
}

/** GGUF stem (`attn_q`) -> Hugging Face stem, for tensors of the model and of block {l}; `.weight` and `.bias` stay. */
interface NameTable {
  readonly model: Readonly<Record<string, string>>;
  readonly block: Readonly<Record<string, string>>;
  readonly change?: (stem: string, suffix: string, counts: HeadCounts) => StoredChange | null;
}

const attention = {
  attn_q: 'self_attn.q_proj',
  attn_k: 'self_attn.k_proj',
  attn_v: 'self_attn.v_proj',
  attn_output: 'self_attn.o_proj',
};
const gatedMlp = { ffn_gate: 'mlp.gate_proj', ffn_up: 'mlp.up_proj', ffn_down: 'mlp.down_proj' };
const twoNorms = { attn_norm: 'input_layernorm', ffn_norm: 'post_attention_layernorm' };
const headNorms = { attn_q_norm: 'self_attn.q_norm', attn_k_norm: 'self_attn.k_norm' };
const model = { token_embd: 'model.embed_tokens', output_norm: 'model.norm', output: 'lm_head' };

function inLayers(
  stems: Readonly<Record<string, string>>,
  prefix = 'model.layers.{l}.',
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(stems).map(([gguf, name]) => [gguf, prefix + name]));
}

const interleaved: NameTable['change'] = (stem, _suffix, { heads, kvHeads }) => {
  if (stem === 'attn_q') return { kind: 'interleavedRows', heads };
  return stem === 'attn_k' ? { kind: 'interleavedRows', heads: kvHeads } : null;
};
const parted: NameTable['change'] = (stem, _suffix, counts) =>
  stem === 'attn_qkv' ? { kind: 'partedRows', ...counts } : null;
const conv1d = new Set(['attn_qkv', 'attn_output', 'ffn_up', 'ffn_down']);
const transposed: NameTable['change'] = (stem, suffix) =>
  suffix === 'weight' && conv1d.has(stem) ? { kind: 'transposed' } : null;
const plusOne: NameTable['change'] = (stem) => (stem.endsWith('norm') ? { kind: 'plus', constant: 1 } : null);

const llama: NameTable = { model, block: inLayers({ ...twoNorms, ...attention, ...gatedMlp }), change: interleaved };
const qwen: NameTable = { model, block: inLayers({ ...twoNorms, ...attention, ...headNorms, ...gatedMlp }) };
const postNorms = { post_attention_norm: 'post_attention_layernorm', post_ffw_norm: 'post_feedforward_layernorm' };
const gemma2: NameTable = {
  model,
  block: inLayers({
    attn_norm: 'input_layernorm',
    ffn_norm: 'pre_feedforward_layernorm',
    ...postNorms,
    ...attention,
    ...headNorms,
    ...gatedMlp,
  }),
  change: plusOne,
};

const ggufNames: Readonly<Record<string, NameTable>> = {
  llama,
  granite: llama,
  smollm3: llama,
  qwen2: qwen,
  qwen3: qwen,
  'command-r': qwen,
  gemma: { model, block: llama.block, change: plusOne },
  gemma2,
  gemma3: gemma2,
  olmo2: { model, block: inLayers({ ...postNorms, ...attention, ...headNorms, ...gatedMlp }) },
  stablelm: {
    model,
    block: inLayers({
      ...twoNorms,
      ...attention,
      attn_q_norm: 'self_attn.q_layernorm.norms.{h}',
      attn_k_norm: 'self_attn.k_layernorm.norms.{h}',
      ...gatedMlp,
    }),
  },
  starcoder2: { model, block: inLayers({ ...twoNorms, ...attention, ffn_up: 'mlp.c_fc', ffn_down: 'mlp.c_proj' }) },
  phi2: {
    model: { ...model, output_norm: 'model.final_layernorm' },
    block: inLayers({
      attn_norm: 'input_layernorm',
      ...attention,
      attn_output: 'self_attn.dense',
      attn_qkv: 'self_attn.{qkv}_proj',
      ffn_up: 'mlp.fc1',
      ffn_down: 'mlp.fc2',
    }),
  },
  phi3: {
    model,
    block: inLayers({
      ...twoNorms,
      attn_qkv: 'self_attn.qkv_proj',
      attn_output: 'self_attn.o_proj',
      ffn_up: 'mlp.gate_up_proj',
      ffn_down: 'mlp.down_proj',
    }),
  },
  gpt2: {
    model: {
      token_embd: 'transformer.wte',
      position_embd: 'transformer.wpe',
      output_norm: 'transformer.ln_f',
      output: 'lm_head',
    },
    block: inLayers(
      {
        attn_norm: 'ln_1',
        attn_qkv: 'attn.c_attn',
        attn_output: 'attn.c_proj',
        ffn_norm: 'ln_2',
        ffn_up: 'mlp.c_fc',
        ffn_down: 'mlp.c_proj',
      },
      'transformer.h.{l}.',
    ),
    change: transposed,
  },
  gptneox: {
    model: { token_embd: 'gpt_neox.embed_in', output_norm: 'gpt_neox.final_layer_norm', output: 'embed_out' },
    block: inLayers(
      {
        ...twoNorms,
        attn_qkv: 'attention.query_key_value',
        attn_output: 'attention.dense',
        ffn_up: 'mlp.dense_h_to_4h',
        ffn_down: 'mlp.dense_4h_to_h',
      },
      'gpt_neox.layers.{l}.',
    ),
    change: parted,
  },
  bloom: {
    model: {
      token_embd: 'transformer.word_embeddings',
      token_embd_norm: 'transformer.word_embeddings_layernorm',
      output_norm: 'transformer.ln_f',
      output: 'lm_head',
    },
    block: bloomBlock({ attn_norm: 'input_layernorm', ffn_norm: 'post_attention_layernorm' }),
    change: parted,
  },
  falcon: {
    model: { token_embd: 'transformer.word_embeddings', output_norm: 'transformer.ln_f', output: 'lm_head' },
    block: bloomBlock({ attn_norm: 'input_layernorm' }),
    change: parted,
  },
  // Falcon with two norms before its parallel branches; chosen by the presence of attn_norm_2.
  'falcon two norms': {
    model: { token_embd: 'transformer.word_embeddings', output_norm: 'transformer.ln_f', output: 'lm_head' },
    block: bloomBlock({ attn_norm: 'ln_mlp', attn_norm_2: 'ln_attn' }),
    change: parted,
  },
};

function bloomBlock(norms: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const stems = {
    ...norms,
    attn_qkv: 'self_attention.query_key_value',
    attn_output: 'self_attention.dense',
    ffn_up: 'mlp.dense_h_to_4h',
    ffn_down: 'mlp.dense_4h_to_h',
  };
  return inLayers(stems, 'transformer.h.{l}.');
}

// Read into the config (rope scaling), or tables that are computed anew.
const notWeights = /^(rope_freqs|rope_factors_long|rope_factors_short|blk\.\d+\.(attn_rot_embd|rope_freqs))\.weight$/;

/** Tensors under Hugging Face's names, changes noted. Throws Fault naming a tensor that the architecture does not have. */
export function nameTensors(
  architecture: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  counts: HeadCounts,
): ReadonlyMap<string, StoredTensor> {
  const twoFalconNorms = architecture === 'falcon' && tensors.has('blk.0.attn_norm_2.weight');
  const table = ggufNames[twoFalconNorms ? 'falcon two norms' : architecture];
  if (table === undefined) throw new RangeError(`nameTensors: no names for "${architecture}"`);
  const named = new Map<string, StoredTensor>();
  for (const tensor of tensors.values()) {
    if (notWeights.test(tensor.name)) continue;
    for (const part of renamed(tensor, table, counts)) named.set(part.name, part);
  }
  return named;
}

const namePattern = /^(?:blk\.(\d+)\.)?([a-z0-9_]+)\.(weight|bias)$/;

function renamed(tensor: StoredTensor, table: NameTable, counts: HeadCounts): readonly StoredTensor[] {
  const [, layer, stem = '', suffix = ''] = namePattern.exec(tensor.name) ?? [];
  const names = layer === undefined ? table.model : table.block;
  if (!Object.hasOwn(names, stem)) {
    throw new Fault({ what: `tensor "${tensor.name}" is not one that this architecture has`, where: tensor.file });
  }
  const name = `${names[stem]}.${suffix}`.replace('{l}', layer ?? '');
  if (name.includes('{h}')) return perHead(tensor, name);
  if (name.includes('{qkv}')) return perProjection(tensor, name);
  const stored = layer === undefined && !stem.endsWith('norm') ? null : (table.change?.(stem, suffix, counts) ?? null);
  if (stored === null) return [{ ...tensor, name }];
  const isTransposed = stored.kind === 'transposed';
  if (isTransposed && tensor.shape.length !== 2) {
    throw new Fault({
      what: `tensor "${tensor.name}"`,
      where: tensor.file,
      expected: 'two axes',
      got: `${tensor.shape.length}`,
    });
  }
  const shape = isTransposed ? tensor.shape.toReversed() : tensor.shape;
  return [{ ...tensor, name, shape, stored }];
}

/** [N, H] -> N tensors [H]. */
function perHead(tensor: StoredTensor, name: string): readonly StoredTensor[] {
  const heads = tensor.shape.length === 2 ? (tensor.shape[0] as number) : 1;
  return cut(
    tensor,
    Array.from({ length: heads }, (_, head) => name.replace('{h}', `${head}`)),
  ).map((part) => ({
    ...part,
    shape: [valueCount(part.shape)],
  }));
}

/** [3 N H, D] -> q, k and v [N H, D]. */
function perProjection(tensor: StoredTensor, name: string): readonly StoredTensor[] {
  return cut(
    tensor,
    ['q', 'k', 'v'].map((letter) => name.replace('{qkv}', letter)),
  );
}

/** Equal cuts along the first axis. */
function cut(tensor: StoredTensor, names: readonly string[]): readonly StoredTensor[] {
  const [rows = 0, ...rest] = tensor.shape;
  if (rows % names.length !== 0) {
    throw new Fault({
      what: `tensor "${tensor.name}": first axis`,
      where: tensor.file,
      expected: `a multiple of ${names.length}`,
      got: `${rows}`,
    });
  }
  const length = tensor.length / names.length;
  const shape = [rows / names.length, ...rest];
  return names.map((name, index) => ({ ...tensor, name, shape, offset: tensor.offset + index * length, length }));
}

import { describe, expect, it } from 'vitest';
import { checkWeights } from '../../engine/arch/checkWeights.ts';
import type { Family } from '../../engine/arch/architecture.ts';
import { familyOf } from '../../engine/arch/index.ts';
import type { StoredTensor } from '../../engine/files/modelFiles.ts';

const config = {
  model_type: 'llama',
  vocab_size: 11,
  hidden_size: 8,
  intermediate_size: 6,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  max_position_embeddings: 16,
};

const phi3 = { ...config, model_type: 'phi3', pad_token_id: 0 };

const block = 'model.layers.0.';
const common: Readonly<Record<string, readonly number[]>> = {
  'model.embed_tokens.weight': [11, 8],
  [`${block}input_layernorm.weight`]: [8],
  [`${block}self_attn.o_proj.weight`]: [8, 8],
  [`${block}post_attention_layernorm.weight`]: [8],
  [`${block}mlp.down_proj.weight`]: [8, 6],
  'model.norm.weight': [8],
  'lm_head.weight': [11, 8],
};
const llamaShapes = {
  ...common,
  [`${block}self_attn.q_proj.weight`]: [8, 8],
  [`${block}self_attn.k_proj.weight`]: [4, 8],
  [`${block}self_attn.v_proj.weight`]: [4, 8],
  [`${block}mlp.gate_proj.weight`]: [6, 8],
  [`${block}mlp.up_proj.weight`]: [6, 8],
};
const phi3Shapes = {
  ...common,
  [`${block}self_attn.qkv_proj.weight`]: [16, 8],
  [`${block}mlp.gate_up_proj.weight`]: [12, 8],
};

function stored(shapes: Readonly<Record<string, readonly number[]>>, type: StoredTensor['type'] = 'F32') {
  const entries = Object.entries(shapes).map(
    ([name, shape]) => [name, { name, type, shape, file: 'model.safetensors', offset: 0, length: 0 }] as const,
  );
  return new Map<string, StoredTensor>(entries);
}

function faultOf(
  family: Family,
  shapes: Readonly<Record<string, readonly number[]>>,
  type?: StoredTensor['type'],
): string {
  try {
    checkWeights(family, stored(shapes, type));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'no fault';
}

describe('the tensors of a checkpoint', () => {
  const { family } = familyOf(config);

  it('fit the family that they are of', () => {
    expect(faultOf(family, llamaShapes)).toBe('no fault');
    expect(faultOf(familyOf(phi3).family, phi3Shapes)).toBe('no fault');
  });

  it('may lack the prefix of the whole model, and hold buffers of older versions', () => {
    const bare = Object.entries(llamaShapes).map(([name, shape]) => [name.replace('model.', ''), shape] as const);
    expect(faultOf(family, { ...Object.fromEntries(bare), 'layers.0.self_attn.rotary_emb.inv_freq': [2] })).toBe(
      'no fault',
    );
  });

  it('may hold an unembedding that is tied to the embedding', () => {
    expect(faultOf(familyOf({ ...config, tie_word_embeddings: true }).family, llamaShapes)).toBe('no fault');
  });

  it('are named where one is missing', () => {
    const rest = Object.fromEntries(Object.entries(llamaShapes).filter(([name]) => name !== 'model.norm.weight'));
    expect(faultOf(family, rest)).toBe('missing tensor: model.norm.weight or norm.weight');
  });

  it('are named where one has another shape', () => {
    const name = `${block}self_attn.k_proj.weight`;
    expect(faultOf(family, { ...llamaShapes, [name]: [8, 8] })).toBe(
      `${name}: tensor shape: expected [G 1, H 4, D 8], got [8, 8]`,
    );
    expect(faultOf(family, { ...llamaShapes, [name]: [8, 4] })).toContain(name);
  });

  it('are named where a fused one has too few or too many rows', () => {
    const name = `${block}mlp.gate_up_proj.weight`;
    expect(faultOf(familyOf(phi3).family, { ...phi3Shapes, [name]: [10, 8] })).toContain(`${name}: tensor shape`);
    expect(faultOf(familyOf(phi3).family, { ...phi3Shapes, [name]: [14, 8] })).toBe(
      `${name}: tensor rows: expected 12, got 14`,
    );
  });

  it('are refused where the family has no place for one', () => {
    const adapter = `${block}self_attn.q_proj.lora_A.weight`;
    expect(faultOf(family, { ...llamaShapes, [adapter]: [2, 8] })).toContain(adapter);
    expect(faultOf(family, { ...llamaShapes, [`${block}self_attn.q_norm.weight`]: [4] })).toContain('q_norm');
    expect(faultOf(family, { ...llamaShapes, 'model.layers.1.input_layernorm.weight': [8] })).toContain('layers.1');
  });

  it('are refused as weights where they hold integers', () => {
    expect(faultOf(family, llamaShapes, 'I8')).toMatch(/weight type: expected a float type, got I8/);
  });
});

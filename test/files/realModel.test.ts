/** The real model: what its GGUF says, and a few rows as the `gguf` package reads them (fixtures/make/ggufBlocks.py). */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openModelFiles } from '../../engine/files/open.ts';
import { readFloat32 } from '../../engine/files/readTensor.ts';
import { readSafetensors } from '../../engine/files/safetensors.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const model = join(
  process.env['HEADSCOPE_MODELS'] ?? join(root, '../shared/models'),
  'SmolLM2-135M-Instruct.Q4_1.gguf',
);
const left = existsSync(model) ? '' : ' (left out: the file is not on this machine)';

describe.skipIf(left !== '')(`SmolLM2-135M-Instruct in Q4_1${left}`, () => {
  it('has the config that its authors published', async () => {
    const { config, generationConfig, tensors, tokenizer, format } = await openModelFiles(model);
    expect(config).toEqual({
      model_type: 'llama',
      hidden_size: 576,
      intermediate_size: 1536,
      num_hidden_layers: 30,
      num_attention_heads: 9,
      num_key_value_heads: 3,
      head_dim: 64,
      max_position_embeddings: 8192,
      rope_theta: 100000,
      rms_norm_eps: 1e-5,
      hidden_act: 'silu',
      attention_bias: false,
      mlp_bias: false,
      vocab_size: 49152,
      tie_word_embeddings: true,
      bos_token_id: 1,
      eos_token_id: 2,
    });
    expect([generationConfig, tensors.size, tokenizer.kind, format]).toEqual([
      { bos_token_id: 1, eos_token_id: [2] },
      272,
      'gguf',
      'gguf',
    ]);
  });

  it('has the rows that the reference reads, in the order that Hugging Face gives them', async () => {
    const { tensors } = await openModelFiles(model);
    const goldens = (await readSafetensors(join(root, 'fixtures/blocks/smolLM2Rows.safetensors'))).tensors;
    expect(goldens.size).toBe(5);
    for (const golden of goldens.values()) {
      const [, name = '', from, to] = /^(.*)\[(\d+):(\d+)\]$/.exec(golden.name) ?? [];
      const tensor = tensors.get(name);
      if (tensor === undefined) throw new Error(`no tensor ${name}`);
      expect(await readFloat32(tensor, [Number(from), Number(to)])).toEqual(await readFloat32(golden));
    }
  });
});

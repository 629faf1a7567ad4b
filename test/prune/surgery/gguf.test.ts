/** GGUF in, safetensors out: weights under Hugging Face's names in float32, with the tokenizer of the file beside them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openModelFiles } from '../../../engine/files/open.ts';
import { createTokenizer } from '../../../engine/files/tokenizer/index.ts';
import { ggufTokenizerFiles } from '../../../engine/files/tokenizer/ggufTokenizerFiles.ts';
import { zeroEdits } from '../../../engine/prune/curve/zeroEdits.ts';
import type { HeadsByLayer } from '../../../engine/prune/surgery/headsByLayer.ts';
import { put, temporaryFolder } from '../../files/temporary.ts';
import { toGguf } from '../../files/toGguf.ts';
import { golden, maxDifference } from '../../run/models.ts';
import { logitsOf, prunedFolder } from './pruned.ts';

const folder = temporaryFolder();
const ids = [3, 1, 4, 1, 5, 9, 2, 6];

async function llamaGguf(): Promise<string> {
  const keys = {
    ...{ block_count: { u32: 2 }, context_length: { u32: 64 }, embedding_length: { u32: 24 } },
    ...{ feed_forward_length: { u32: 28 }, 'attention.head_count': { u32: 4 }, 'attention.head_count_kv': { u32: 2 } },
    ...{ 'attention.layer_norm_rms_epsilon': { f32: 1e-6 }, 'rope.dimension_count': { u32: 10 } },
    ...{ 'attention.key_length': { u32: 10 }, 'attention.value_length': { u32: 10 } },
    ...{ 'rope.freq_base': { f32: 500 }, vocab_size: { u32: 53 } },
  };
  const files = await openModelFiles(golden('llama-gqa'));
  return put(folder, 'llama.gguf', await toGguf(files, { architecture: 'llama', keys, heads: 4, kvHeads: 2 }));
}

describe('pruning a GGUF file', () => {
  it.each(['zero', 'remove'] as const)('gives the masked model’s logits (%s)', async (form) => {
    const removed: HeadsByLayer = new Map([
      [0, [2, 3]],
      [1, [1]],
    ]);
    const path = await llamaGguf();
    const { folder: made, surgery } = await prunedFolder(path, { removed, form, means: null });
    const masked = await logitsOf(golden('llama-gqa'), ids, zeroEdits(removed));
    expect(maxDifference(await logitsOf(made, ids), masked)).toBeLessThan(1e-4);
    const files = await openModelFiles(made);
    expect([...new Set([...files.tensors.values()].map(({ type }) => type))]).toEqual(['F32']);
    expect([...files.tensors.keys()]).toContain('model.layers.1.self_attn.q_proj.weight');
    expect(surgery.configChanges).toEqual({ torch_dtype: 'float32' });
    expect(JSON.parse(readFileSync(join(made, 'config.json'), 'utf8'))).toMatchObject({ model_type: 'llama' });
  });

  it('writes a tokenizer that gives the same ids', () => {
    const own = JSON.parse(readFileSync('fixtures/models/tiny-heads/tokenizer.json', 'utf8')) as {
      readonly model: { readonly vocab: Record<string, number>; readonly merges: readonly (string | string[])[] };
    };
    const tokens = Object.entries(own.model.vocab).toSorted(([, a], [, b]) => a - b);
    const metadata = new Map<string, unknown>([
      ['general.architecture', 'llama'],
      ['tokenizer.ggml.model', 'gpt2'],
      ['tokenizer.ggml.pre', 'smollm'],
      ['tokenizer.ggml.tokens', tokens.map(([token]) => token)],
      ['tokenizer.ggml.token_type', tokens.map(([token]) => (token === '<|bos|>' ? 3 : 1))],
      ['tokenizer.ggml.merges', own.model.merges.map((merge) => (typeof merge === 'string' ? merge : merge.join(' ')))],
      ['tokenizer.ggml.bos_token_id', own.model.vocab['<|bos|>'] ?? 0],
      ['tokenizer.ggml.add_bos_token', true],
      ['tokenizer.chat_template', '{{ messages[0].content }}'],
    ]);
    const written = ggufTokenizerFiles(metadata);
    const source = createTokenizer({ kind: 'gguf', metadata });
    const copy = createTokenizer({
      kind: 'json',
      tokenizer: JSON.parse(JSON.stringify(written?.['tokenizer.json'])),
      config: JSON.parse(JSON.stringify(written?.['tokenizer_config.json'])) as Record<string, unknown>,
    });
    for (const text of ['The ring is in the park.', ' a 123 b\n\n  é', '<|bos|>x']) {
      expect(copy.encode(text)).toEqual(source.encode(text));
    }
    expect(copy.bosId).toBe(source.bosId);
    expect(copy.addsBos).toBe(true);
    expect(ggufTokenizerFiles(new Map([['tokenizer.ggml.model', 'llama']]))).toBeNull();
  });
});

/** Which tokenizer it is, whatever way its files are laid out. */
import { describe, expect, it } from 'vitest';
import type { TokenizerSource } from '../../engine/files/modelFiles.ts';
import { tokenizerDigest } from '../../engine/files/tokenizerDigest.ts';

const json = (tokenizer: unknown, config: Record<string, unknown> = {}): TokenizerSource => ({
  ...{ kind: 'json', tokenizer, config },
});
const gguf = (...entries: readonly (readonly [string, unknown])[]): TokenizerSource => ({
  ...{ kind: 'gguf', metadata: new Map(entries) },
});
const files = (merges: string): TokenizerSource => ({
  ...{ kind: 'vocabAndMerges', vocab: { a: 0 }, merges, config: {} },
});
const model = (...bytes: readonly number[]): TokenizerSource => ({
  ...{ kind: 'sentencePieceModel', bytes: Uint8Array.from(bytes), config: {} },
});

describe('the digest of a tokenizer', () => {
  it('is the same whatever order keys stand in', () => {
    const one = tokenizerDigest(json({ model: { type: 'BPE', vocab: { a: 0, b: 1 } }, version: '1.0' }));
    expect(one).toMatch(/^[0-9a-f]{64}$/);
    expect(tokenizerDigest(json({ version: '1.0', model: { vocab: { b: 1, a: 0 }, type: 'BPE' } }))).toBe(one);
  });

  it.each([
    ['vocabulary', json({ vocab: { a: 0 } }), json({ vocab: { a: 1 } })],
    ['config', json({}), json({}, { add_bos_token: true })],
    ['merges', files('a b'), files('b a')],
    ['model file', model(1, 2), model(1, 3)],
    ['GGUF tokens', gguf(['tokenizer.ggml.tokens', ['a']]), gguf(['tokenizer.ggml.tokens', ['b']])],
    [
      'GGUF ids too large for a double',
      gguf(['tokenizer.ggml.x', 2n ** 60n]),
      gguf(['tokenizer.ggml.x', 2n ** 60n + 1n]),
    ],
    ['kind', json({}), gguf()],
  ])('is another for another %s', (_, a, b) => {
    expect(tokenizerDigest(a)).not.toBe(tokenizerDigest(b));
  });

  it('does not depend on what else a GGUF file says', () => {
    const tokens = ['tokenizer.ggml.tokens', ['a']] as const;
    const renamed = gguf(['general.name', 'other'], tokens);
    expect(tokenizerDigest(renamed)).toBe(tokenizerDigest(gguf(tokens, ['general.name', 'one'])));
  });

  it('is null where there is none', () => {
    expect(tokenizerDigest({ kind: 'none', reason: 'no file' })).toBe(null);
  });
});

/** Which tokenizer is it: a hash of what it is built from, the same wherever the files lie. */
import { createHash } from 'node:crypto';
import { canonicalJson } from './canonicalJson.ts';
import type { TokenizerSource } from './modelFiles.ts';

/**
 * SHA-256, hex, over the kind of source and its content: of JSON and of GGUF metadata the values and not their layout, of
 * other files every byte. Null where there is no tokenizer. Throws Fault where the JSON nests deeper than 64.
 */
export function tokenizerDigest(source: TokenizerSource): string | null {
  if (source.kind === 'none') return null;
  const hash = createHash('sha256').update(`${source.kind}\n`);
  for (const part of partsOf(source)) hash.update(part).update('\n');
  return hash.digest('hex');
}

function partsOf(source: Exclude<TokenizerSource, { readonly kind: 'none' }>): readonly (string | Uint8Array)[] {
  switch (source.kind) {
    case 'json':
      return [json(source.tokenizer), json(source.config)];
    case 'vocabAndMerges':
      return [json(source.vocab), source.merges, json(source.config)];
    case 'sentencePieceModel':
      return [source.bytes, json(source.config)];
    case 'gguf':
      return [json(Object.fromEntries([...source.metadata].filter(([key]) => key.startsWith('tokenizer.'))))];
  }
}

function json(value: unknown): string {
  return canonicalJson(value, 'the tokenizer');
}

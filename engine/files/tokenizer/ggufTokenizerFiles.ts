/** The tokenizer of a GGUF file as the files that Hugging Face's libraries read. */
import type { Metadata } from './ggufMetadata.ts';
import { byteLevelParts } from './ggufMetadata.ts';
import type { AddedToken } from './libraryCore.ts';
import type { Piece } from './tokenizer.ts';

export interface TokenizerFiles {
  readonly 'tokenizer.json': object;
  readonly 'tokenizer_config.json': object;
}

/**
 * Null for a kind that can't be written so (SentencePiece scores without merges). Throws Fault where the metadata contradicts
 * itself.
 */
export function ggufTokenizerFiles(metadata: Metadata): TokenizerFiles | null {
  if (metadata.get('tokenizer.ggml.model') !== 'gpt2') return null;
  const { pieces, parts, prefix, suffix, bosId, eosIds, chatTemplate } = byteLevelParts(metadata);
  const text = (id: number | null | undefined) => (typeof id === 'number' ? pieces[id]?.text : undefined);
  const [bos, eos] = [text(bosId), text(eosIds[0])];
  return {
    'tokenizer.json': {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: parts.added.map(addedEntry),
      normalizer: parts.normalizers[0] ?? null,
      pre_tokenizer: parts.preTokenizer,
      post_processor: templateOf(pieces, prefix, suffix),
      decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
      model: { dropout: null, unk_token: null, fuse_unk: false, byte_fallback: false, ...parts.model },
    },
    'tokenizer_config.json': {
      tokenizer_class: 'PreTrainedTokenizerFast',
      clean_up_tokenization_spaces: false,
      ...(bos === undefined ? {} : { bos_token: bos }),
      ...(eos === undefined ? {} : { eos_token: eos }),
      ...(chatTemplate === null ? {} : { chat_template: chatTemplate }),
    },
  };
}

function addedEntry(token: AddedToken): object {
  return { ...token, single_word: false };
}

/** Tokens around every text; null where there are none. */
function templateOf(pieces: readonly Piece[], prefix: readonly number[], suffix: readonly number[]): object | null {
  const around = [...prefix, ...suffix];
  if (around.length === 0) return null;
  const named = (id: number) => pieces[id]?.text ?? '';
  const special = (id: number) => ({ SpecialToken: { id: named(id), type_id: 0 } });
  const sequence = (id: string) => ({ Sequence: { id, type_id: 0 } });
  const wrapped = (...inner: readonly object[]) => [...prefix.map(special), ...inner, ...suffix.map(special)];
  const entries = around.map((id) => [named(id), { id: named(id), ids: [id], tokens: [named(id)] }] as const);
  return {
    type: 'TemplateProcessing',
    single: wrapped(sequence('A')),
    pair: wrapped(sequence('A'), sequence('B')),
    special_tokens: Object.fromEntries(entries),
  };
}

/** GPT-2's two files: vocab.json and merges.txt. */

import { Fault } from '../../terms/fault.ts';
import { record, tokenId, type Fields } from './fields.ts';
import { libraryCore, partsOf, type AddedToken } from './libraryCore.ts';
import { byteLevelPreTokenizer, namedPreTokenizer } from './preTokenizers.ts';
import { boundaryIds, chatTemplateOf, configuredTokens, flaggedAround, idsByText, namedToken } from './specials.ts';
import type { TokenizerCore } from './tokenizer.ts';

interface VocabAndMerges {
  readonly vocab: unknown;
  readonly merges: string;
  readonly config: Record<string, unknown>;
}

/** Tokenizer classes that are byte-level BPE over these two files, and what cuts the text. */
const cuts: Readonly<Record<string, string>> = {
  GPT2Tokenizer: 'gpt-2',
  CodeGenTokenizer: 'gpt-2',
  GPTNeoXTokenizer: 'olmo',
  Qwen2Tokenizer: 'qwen2',
};

export function vocabAndMergesCore(source: VocabAndMerges, model: Fields, generation: Fields): TokenizerCore {
  const { config } = source;
  const vocabulary = record(source.vocab, 'vocab.json');
  const core = libraryCore(
    partsOf(tokenizerJson(source), [...configuredTokens(config), ...namedTokens(config, vocabulary)]),
  );
  const idOf = idsByText(core.pieces);
  const boundary = boundaryIds(idOf, config, model, generation, core.pieces.length);
  return {
    ...core,
    ...boundary,
    ...flaggedAround(config, boundary, { bos: false }),
    dropsLeadingSpace: false,
    chatTemplate: chatTemplateOf(config['chat_template']),
  };
}

function tokenizerJson(source: VocabAndMerges): Fields {
  const named = namedPreTokenizer(cutOf(source.config), '');
  return {
    model: { type: 'BPE', vocab: source.vocab, merges: mergesOf(source.merges) },
    normalizer: named.normalizer === undefined ? null : { type: named.normalizer },
    pre_tokenizer:
      source.config['add_prefix_space'] === true
        ? { type: 'ByteLevel', add_prefix_space: true, use_regex: true }
        : byteLevelPreTokenizer(named),
    decoder: { type: 'ByteLevel' },
  };
}

function cutOf(config: Fields): string {
  const name = String(config['tokenizer_class'] ?? 'GPT2Tokenizer').replace(/Fast$/, '');
  const cut = Object.hasOwn(cuts, name) ? cuts[name] : undefined;
  if (cut !== undefined) return cut;
  throw new Fault({
    what: `tokenizers of the class "${name}" can't be read from vocab.json and merges.txt alone`,
    where: 'tokenizer_config.json.tokenizer_class',
    expected: `a tokenizer.json, or one of ${Object.keys(cuts).join(', ')}`,
  });
}

function mergesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/\r$/, ''))
    .filter((line) => line !== '' && !line.startsWith('#version'));
}

/** The special tokens that tokenizer_config.json names and the vocabulary has. */
function namedTokens(config: Fields, vocabulary: Fields): AddedToken[] {
  const names = ['bos_token', 'eos_token', 'unk_token', 'pad_token'].map((name) => namedToken(config, name) ?? '');
  const more = config['additional_special_tokens'];
  const listed = Array.isArray(more) ? more.filter((name) => typeof name === 'string') : [];
  const known = [...new Set([...names, ...listed, '<|endoftext|>'])].filter(
    (name) => name !== '' && Object.hasOwn(vocabulary, name),
  );
  return known.map((content) => ({
    id: tokenId(vocabulary[content], `vocab.json["${content}"]`),
    content,
    special: true,
    normalized: false,
    lstrip: false,
    rstrip: false,
  }));
}

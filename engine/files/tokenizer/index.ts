/** Tokenizers from any of the forms that models bring them in. */

import { Fault } from '../../terms/fault.ts';
import type { TokenizerSource } from '../modelFiles.ts';
import { assembleTokenizer } from './assemble.ts';
import type { Fields } from './fields.ts';
import { ggufCore } from './ggufMetadata.ts';
import { jsonCore } from './json.ts';
import { sentencePieceCore } from './sentencePiece.ts';
import type { Tokenizer, TokenizerCore } from './tokenizer.ts';
import { vocabAndMergesCore } from './vocabAndMerges.ts';

export { renderChat } from './chat.ts';
export { printable } from './printable.ts';
export { configuredEnds } from './specials.ts';
export type { ChatMessage, ChatTemplate, Tokenizer, TokenSpan } from './tokenizer.ts';

/**
 * The tokenizer of a model. `config` is the model's config.json and `generation` its generation_config.json: they say which
 * ids begin and end a text where the tokenizer's own files don't. Fault when there is none, or it can't be read.
 */
export function createTokenizer(source: TokenizerSource, config: Fields = {}, generation: Fields = {}): Tokenizer {
  return assembleTokenizer(coreOf(source, config, generation));
}

function coreOf(source: TokenizerSource, config: Fields, generation: Fields): TokenizerCore {
  switch (source.kind) {
    case 'json':
      return jsonCore(source.tokenizer, source.config, config, generation);
    case 'vocabAndMerges':
      return vocabAndMergesCore(source, config, generation);
    case 'sentencePieceModel':
      return sentencePieceCore(source.bytes, source.config, config, generation);
    case 'gguf':
      return ggufCore(source.metadata);
    case 'none':
      throw new Fault({ what: `the model has no tokenizer: ${source.reason}`, where: 'tokenizer' });
  }
}

/** Fault when the tokenizer has ids that the model's vocabulary lacks. Fewer tokens than rows is padding, and usual. */
export function checkVocabulary(tokenizer: Tokenizer, vocabulary: number): void {
  if (tokenizer.vocabularySize <= vocabulary) return;
  throw new Fault({
    what: 'the tokenizer disagrees with the model',
    where: 'tokenizer',
    expected: `at most ${vocabulary} tokens, the rows of the embedding`,
    got: `${tokenizer.vocabularySize}`,
  });
}

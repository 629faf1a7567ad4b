/** A tokenizer.json beside its tokenizer_config.json. */

import { isRecord, type Fields } from './fields.ts';
import { componentsWithin, libraryCore, partsOf } from './libraryCore.ts';
import {
  boundaryIds,
  chatTemplateOf,
  configuredTokens,
  flaggedAround,
  idsByText,
  processedAround,
} from './specials.ts';
import type { TokenizerCore } from './tokenizer.ts';

export function jsonCore(json: unknown, config: Fields, model: Fields, generation: Fields): TokenizerCore {
  const core = libraryCore(partsOf(json, configuredTokens(config)));
  const fields = isRecord(json) ? json : {};
  const idOf = idsByText(core.pieces);
  const boundary = boundaryIds(idOf, config, model, generation, core.pieces.length);
  const processor = fields['post_processor'];
  // As in transformers: the flags of tokenizer_config.json count only where tokenizer.json has no post-processor.
  const hasProcessor = processor !== null && processor !== undefined;
  return {
    ...core,
    ...boundary,
    ...(hasProcessor ? processedAround(processor, idOf) : flaggedAround(config, boundary, { bos: false })),
    dropsLeadingSpace: dropsLeadingSpace(fields['decoder']),
    chatTemplate: chatTemplateOf(config['chat_template']),
  };
}

function dropsLeadingSpace(decoder: unknown): boolean {
  return componentsWithin(decoder).some(
    (step) =>
      (step['type'] === 'Metaspace' && step['prepend_scheme'] !== 'never' && step['add_prefix_space'] !== false) ||
      (step['type'] === 'Strip' && step['content'] === ' ' && Number(step['start']) > 0),
  );
}

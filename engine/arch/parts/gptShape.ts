/** The sizes of a model under the config keys of GPT-2 and GPT-J. */
import type { ModelShape } from '../architecture.ts';
import type { ConfigReader } from './config.ts';
import { limits } from './config.ts';
import { dividedWidth } from './shape.ts';

/** Config keys that `readGptShape` understands. */
export const gptShapeKeys = ['vocab_size', 'n_positions', 'n_embd', 'n_layer', 'n_head', 'n_inner'] as const;

/** Values where a config leaves a key out. */
export interface GptShapeDefaults {
  readonly width: number;
  readonly heads: number;
  readonly layers: number;
  readonly vocabulary: number;
  readonly context: number;
}

export function readGptShape(read: ConfigReader, defaults: GptShapeDefaults): ModelShape {
  const width = read.integer('n_embd', limits.width, defaults.width);
  const heads = read.integer('n_head', limits.heads, defaults.heads);
  const vocabulary = read.integer('vocab_size', limits.vocabulary, defaults.vocabulary);
  return {
    layers: read.integer('n_layer', limits.layers, defaults.layers),
    heads,
    kvHeads: heads,
    headWidth: dividedWidth(read, 'n_head', width, heads),
    width,
    mlpWidth: read.integer('n_inner', limits.width, 4 * width),
    vocabulary,
    outputVocabulary: vocabulary,
    context: read.integer('n_positions', limits.context, defaults.context),
  };
}

/** attn-only-4l (Attn_Only_4L512W_C4_Code, Neel Nanda 2022): the attention-only model of the docstring circuit. */
import type { ReferenceModel } from './reference.ts';

export const attnOnly4l: ReferenceModel = {
  model: {
    name: 'attn-only-4l',
    architecture: 'transformerLens',
    order: 'sequential',
    shape: {
      layers: 4,
      heads: 8,
      kvHeads: 8,
      headWidth: 64,
      width: 512,
      mlpWidth: null,
      vocabulary: 48262,
      outputVocabulary: 48262,
      context: 1024,
    },
  },
  // gpt-neox-tokenizer-digits
  tokenizerSize: 48262,
  weights: { unknown: 'no public listing of values of this checkpoint was found' },
};

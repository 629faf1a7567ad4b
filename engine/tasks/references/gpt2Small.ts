/** GPT-2 small (Radford et al. 2019): the model of the IOI and greater-than circuits. */
import type { ReferenceModel, StatedWeight } from './reference.ts';

/**
 * Values as printed by several public ports of the checkpoint, which agree; not read from the file itself.
 * The tolerance lets 16-bit copies pass (rounding to bfloat16 is off by |value| / 512 at most), coarser ones and
 * fine-tuned ones don't.
 */
function stated(tensor: string, index: readonly number[], value: number): StatedWeight {
  return { tensors: [`transformer.${tensor}`, tensor], index, value, tolerance: Math.abs(value) / 256 };
}

export const gpt2Small: ReferenceModel = {
  model: {
    name: 'GPT-2 small',
    architecture: 'gpt2',
    order: 'sequential',
    shape: {
      layers: 12,
      heads: 12,
      kvHeads: 12,
      headWidth: 64,
      width: 768,
      mlpWidth: 3072,
      vocabulary: 50257,
      outputVocabulary: 50257,
      context: 1024,
    },
  },
  tokenizerSize: 50257,
  weights: [
    stated('wte.weight', [0, 0], -0.11010301),
    stated('wte.weight', [0, 5], -0.07891767),
    stated('wpe.weight', [0, 1], -0.1974186),
    stated('h.0.attn.c_attn.weight', [0, 0], -0.4738484),
    stated('h.0.attn.c_attn.bias', [0], 0.48033914),
  ],
};

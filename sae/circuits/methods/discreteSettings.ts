/** The autoencoder of O'Neill and Bui 2024 with what may be changed in it; its methods and their untrained control share it. */
import type { ValuesOf } from '../../../engine/terms/settings.ts';
import type { CodeDictionaryRequest } from '../codeDictionary.ts';
import { trainedOnRows, trainingSettings, untrainedOnRows } from '../codeDictionary.ts';
import type { CodeSource } from '../rankByCodes.ts';

export const autoencoderSettings = {
  ...trainingSettings,
  sparsity: {
    kind: 'number',
    title: 'L1 weight',
    about: 'published: 0.02 for IOI and greater-than, 0.05 for docstrings',
    default: 0.02,
    range: [0, Infinity],
  },
  unitDecoder: {
    kind: 'choice',
    title: 'unit vectors of the decoder',
    about:
      'outputs: those of each output over the features, as the authors’ code has it; features: what each feature writes',
    default: 'outputs',
    choices: ['outputs', 'features'],
  },
  k: {
    kind: 'number',
    title: 'k',
    about:
      'above 0: a TopK dictionary with so many codes a row, of which the largest is taken, in place of ReLU and L1',
    default: 0,
    range: [0, 16_384],
    whole: true,
  },
} as const;

type Settings = ValuesOf<typeof autoencoderSettings> & { readonly features: number };

function requestOf({ sparsity, unitDecoder, k, features, ...training }: Settings, seed: number): CodeDictionaryRequest {
  const kind =
    k > 0 ? { variant: 'topK', settings: { k } } : { variant: 'discrete', settings: { sparsity, unitDecoder } };
  return { ...kind, features, training, seed };
}

function keyOf(kind: string, { sparsity, unitDecoder, k, steps, learningRate }: Settings): CodeSource['key'] {
  return [kind, sparsity, unitDecoder, k, steps, learningRate];
}

export function autoencoder(settings: Settings): CodeSource {
  return {
    key: keyOf('trained', settings),
    steps: settings.steps,
    dictionary: (rows, seed, pace) => trainedOnRows(rows, requestOf(settings, seed), pace),
  };
}

export function untrainedAutoencoder(settings: Settings): CodeSource {
  return {
    key: keyOf('untrained', settings),
    steps: 0,
    dictionary: (rows, seed) => untrainedOnRows(rows, requestOf(settings, seed)),
  };
}

/** Codes of a variant without settings of its own. */
import type { ValuesOf } from '../../../engine/terms/settings.ts';
import type { trainingSettings } from '../codeDictionary.ts';
import { trainedOnRows } from '../codeDictionary.ts';
import type { CodeSource } from '../rankByCodes.ts';

type Settings = ValuesOf<typeof trainingSettings> & { readonly features: number };

export function trainedSource(variant: string, { features, steps, learningRate }: Settings): CodeSource {
  const training = { steps, learningRate };
  return {
    key: [variant, steps, learningRate],
    steps,
    dictionary: (rows, seed, pace) => trainedOnRows(rows, { variant, features, settings: {}, training, seed }, pace),
  };
}

/** What reading another tool's dictionary gives. Plain data. */
import type { DictionaryPlace } from '../../engine/results/dictionaries.ts';
import { Fault } from '../../engine/terms/fault.ts';
import type { Dictionary, DictionaryOrigin } from '../dictionary.ts';
import type { DictionaryInput } from '../input.ts';

export interface Foreign {
  readonly dictionary: Dictionary;
  /** What was left out, or read in a way that one should know, in lines. */
  readonly notes: readonly string[];
}

/** The dictionary reads values as the model itself has them. */
export const asTheModelHasThem: Pick<DictionaryInput, 'rows' | 'valueBias' | 'centred'> = {
  rows: 'token',
  valueBias: 'kept',
  centred: false,
};

export function importedOrigin(
  by: string,
  settings: DictionaryOrigin['settings'],
  text: string | null,
): DictionaryOrigin {
  return { made: 'imported', by, settings, seed: null, steps: null, samples: null, text };
}

/** What the file says, unless the user knows better. Throws Fault where neither says it. */
export function placeOrFault(
  asked: DictionaryPlace | undefined,
  said: DictionaryPlace | null,
  { where, got }: { readonly where: string; readonly got: string },
): DictionaryPlace {
  const place = asked ?? said;
  if (place !== null) return place;
  throw new Fault({
    what: 'it does not say which value of the model it reads',
    where,
    expected: 'a place to be named, such as L9H6.z or L3.residPost (--site)',
    got,
  });
}

/** NOT BUILT YET: trainDictionaries. */
import type { Service } from '../../results/index.ts';
import { Fault } from '../../terms/fault.ts';
import type { ModelSource } from '../openModels.ts';

export function trainDictionariesCall(_models: ModelSource): Service['trainDictionaries'] {
  return async function* trainDictionariesUnbuilt() {
    yield* [];
    throw new Fault({ what: 'trainDictionaries is not built yet' });
  };
}

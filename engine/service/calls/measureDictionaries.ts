/** NOT BUILT YET: measureDictionaries. */
import type { Service } from '../../results/index.ts';
import { Fault } from '../../terms/fault.ts';
import type { ModelSource } from '../openModels.ts';

export function measureDictionariesCall(_models: ModelSource): Service['measureDictionaries'] {
  return async function* measureDictionariesUnbuilt() {
    yield* [];
    throw new Fault({ what: 'measureDictionaries is not built yet' });
  };
}

/** NOT BUILT YET: matchDictionaries. */
import type { Service } from '../../results/index.ts';
import { Fault } from '../../terms/fault.ts';

export function matchDictionariesCall(): Service['matchDictionaries'] {
  return async function* matchDictionariesUnbuilt() {
    yield* [];
    throw new Fault({ what: 'matchDictionaries is not built yet' });
  };
}

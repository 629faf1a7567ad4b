/** NOT BUILT YET: circuitEffect. */
import type { Service } from '../../results/index.ts';
import { Fault } from '../../terms/fault.ts';
import type { ModelSource } from '../openModels.ts';

export function circuitEffectCall(_models: ModelSource): Service['circuitEffect'] {
  return async function* circuitEffectUnbuilt() {
    yield* [];
    throw new Fault({ what: 'circuitEffect is not built yet' });
  };
}

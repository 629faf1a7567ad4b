/** NOT BUILT YET: circuit. */
import type { Service } from '../../results/index.ts';
import { Fault } from '../../terms/fault.ts';
import type { ModelSource } from '../openModels.ts';

export function circuitCall(_models: ModelSource): Service['circuit'] {
  return async function* circuitUnbuilt() {
    yield* [];
    throw new Fault({ what: 'circuit is not built yet' });
  };
}

/** NOT BUILT YET: collectFeatures. */
import type { Service } from '../../results/index.ts';
import { Fault } from '../../terms/fault.ts';
import type { ModelSource } from '../openModels.ts';

export function collectFeaturesCall(_models: ModelSource): Service['collectFeatures'] {
  return async function* collectFeaturesUnbuilt() {
    yield* [];
    throw new Fault({ what: 'collectFeatures is not built yet' });
  };
}

/** NOT BUILT YET: editFeature. */
import type { Service } from '../../results/index.ts';
import { Fault } from '../../terms/fault.ts';
import type { ModelSource } from '../openModels.ts';

export function editFeatureCall(_models: ModelSource): Service['editFeature'] {
  return () => Promise.reject(new Fault({ what: 'editFeature is not built yet' }));
}

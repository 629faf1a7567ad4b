/** NOT BUILT YET: attributeFeature. */
import type { Service } from '../../results/index.ts';
import { Fault } from '../../terms/fault.ts';
import type { ModelSource } from '../openModels.ts';

export function attributeFeatureCall(_models: ModelSource): Service['attributeFeature'] {
  return () => Promise.reject(new Fault({ what: 'attributeFeature is not built yet' }));
}

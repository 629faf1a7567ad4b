/** NOT BUILT YET: feature. */
import type { Service } from '../../results/index.ts';
import { Fault } from '../../terms/fault.ts';
import type { ModelSource } from '../openModels.ts';

export function featureCall(_models: ModelSource): Service['feature'] {
  return () => Promise.reject(new Fault({ what: 'feature is not built yet' }));
}

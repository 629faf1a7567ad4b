/** NOT BUILT YET: encodePrompt. */
import type { Service } from '../../results/index.ts';
import { Fault } from '../../terms/fault.ts';
import type { ModelSource } from '../openModels.ts';

export function encodePromptCall(_models: ModelSource): Service['encodePrompt'] {
  return () => Promise.reject(new Fault({ what: 'encodePrompt is not built yet' }));
}

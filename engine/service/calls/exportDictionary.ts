/** NOT BUILT YET: exportDictionary. */
import type { Service } from '../../results/index.ts';
import { Fault } from '../../terms/fault.ts';

export function exportDictionaryCall(): Service['exportDictionary'] {
  return () => Promise.reject(new Fault({ what: 'exportDictionary is not built yet' }));
}

/** NOT BUILT YET: importDictionary. */
import type { Service } from '../../results/index.ts';
import { Fault } from '../../terms/fault.ts';

export function importDictionaryCall(): Service['importDictionary'] {
  return () => Promise.reject(new Fault({ what: 'importDictionary is not built yet' }));
}

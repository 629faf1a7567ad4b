/** NOT BUILT YET: dictionaryKinds. */
import type { Service } from '../../results/index.ts';
import { Fault } from '../../terms/fault.ts';

export function dictionaryKindsCall(): Service['dictionaryKinds'] {
  return () => Promise.reject(new Fault({ what: 'dictionaryKinds is not built yet' }));
}

/** NOT BUILT YET: dictionaryTable. */
import type { Service } from '../../results/index.ts';
import { Fault } from '../../terms/fault.ts';

export function dictionaryTableCall(): Service['dictionaryTable'] {
  return () => Promise.reject(new Fault({ what: 'dictionaryTable is not built yet' }));
}

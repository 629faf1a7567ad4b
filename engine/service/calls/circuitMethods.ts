/** NOT BUILT YET: circuitMethods. */
import type { Service } from '../../results/index.ts';
import { Fault } from '../../terms/fault.ts';

export function circuitMethodsCall(): Service['circuitMethods'] {
  return () => Promise.reject(new Fault({ what: 'circuitMethods is not built yet' }));
}

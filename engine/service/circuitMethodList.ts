/** Every method that ranks nodes, wherever it is written. */
import type { CircuitMethod } from '../circuits/method.ts';
import { circuitMethods } from '../circuits/methods/index.ts';
import { discreteMethods } from '../../sae/circuits/index.ts';
import { Fault } from '../terms/fault.ts';

export const allCircuitMethods: readonly CircuitMethod[] = [...circuitMethods, ...discreteMethods];

/** Throws Fault for an id that no method has. */
export function circuitMethodById(id: string): CircuitMethod {
  const found = allCircuitMethods.find((method) => method.id === id);
  if (found !== undefined) return found;
  const expected = allCircuitMethods.map((method) => method.id).join(', ');
  throw new Fault({ what: 'no such circuit method', expected, got: id });
}

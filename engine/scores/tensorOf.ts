import type { Tensor } from '../tensor/tensor.ts';

/** A value of a readout. Throws RangeError where it has none of this name. */
export function tensorOf(values: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const found = values.get(name);
  if (found === undefined) throw new RangeError(`the readout gave no ${name}`);
  return found;
}

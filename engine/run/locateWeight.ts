import type { Weights, WeightSource } from '../arch/architecture.ts';
import type { ModelFiles, StoredTensor } from '../files/modelFiles.ts';
import { Fault } from '../terms/fault.ts';

export interface LocatedWeight {
  readonly tensor: StoredTensor;
  readonly source: WeightSource;
}

/** The stored tensor of a program's parameter. Throws Fault where the files have none. */
export function locateWeight(files: ModelFiles, weights: Weights, name: string): LocatedWeight {
  const source = weights[name];
  if (source === undefined) throw new RangeError(`the program's weights do not name parameter ${name}`);
  const stored = source.tensors.find((candidate) => files.tensors.has(candidate)) ?? '';
  const tensor = files.tensors.get(stored);
  if (tensor === undefined) {
    throw new Fault({ what: 'missing tensor', where: files.path, expected: source.tensors.join(' or ') });
  }
  return { tensor, source };
}

/** A weight of a family's description, read from the model's files as float32. */
import type { Weight } from '../../arch/parts/weights.ts';
import type { ModelFiles } from '../../files/modelFiles.ts';
import { readFloat32 } from '../../files/readTensor.ts';
import { locateWeight } from '../../run/locateWeight.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { tensor } from '../../tensor/tensor.ts';

/**
 * With the axes in the order in which they are stored. `rows`: only [from, to) of the first of them, of a weight that is a stored tensor
 * of its own. Throws Fault for a tensor that is missing or not finite.
 */
export async function readWeight(
  files: ModelFiles,
  { name, source }: Weight,
  rows?: readonly [from: number, to: number],
): Promise<Tensor> {
  const located = locateWeight(files, { [name]: source }, name);
  const [start] = source.rows ?? [0];
  const chosen = rows === undefined ? source.rows : ([start + rows[0], start + rows[1]] as const);
  const data = await readFloat32(located.tensor, chosen);
  if (rows === undefined) return tensor(data, source.axes);
  const [first, ...rest] = source.axes;
  if (first === undefined) throw new RangeError(`${name} has no rows`);
  return tensor(data, [{ axis: first.axis, size: rows[1] - rows[0] }, ...rest]);
}

import type { StoredTensor } from './modelFiles.ts';
import { readFloat32 } from './readTensor.ts';

/**
 * One value of a stored tensor, as float32; null where there is no tensor of this name, or no such index in it.
 * Reads one row of the file (all of it where it is stored transposed). Throws Fault as `readFloat32` does.
 */
export async function readElement(
  tensors: ReadonlyMap<string, StoredTensor>,
  name: string,
  index: readonly number[],
): Promise<number | null> {
  const tensor = tensors.get(name);
  if (tensor === undefined || index.length !== tensor.shape.length) return null;
  if (index.some((at, axis) => !Number.isInteger(at) || at < 0 || at >= (tensor.shape[axis] ?? 0))) return null;
  const [row = 0, ...rest] = index;
  const values = await readFloat32(tensor, [row, row + 1]);
  const offset = rest.reduce((flat, at, i) => flat * (tensor.shape[i + 1] ?? 1) + at, 0);
  return values[offset] ?? null;
}

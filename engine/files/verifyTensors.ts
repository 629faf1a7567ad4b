/** Reads every weight of a model and says which hold NaN or infinity. */
import { Fault } from '../terms/fault.ts';
import type { ModelFiles, StoredTensor } from './modelFiles.ts';
import { readFloat32 } from './readTensor.ts';
import type { RowRange } from './readTensor.ts';
import { isIntegerType, valueCount } from './storedTypes.ts';

const valuesAtOnce = 1 << 22;

/** One Fault for each tensor with a value that is not finite, naming the first; `onProgress` counts bytes. Integers are skipped. */
export async function verifyTensors(
  files: Pick<ModelFiles, 'tensors'>,
  onProgress?: (done: number, total: number) => void,
  signal?: AbortSignal,
): Promise<readonly Fault[]> {
  const tensors = [...files.tensors.values()].filter(({ type }) => !isIntegerType(type));
  const total = tensors.reduce((sum, { length }) => sum + length, 0);
  const faults: Fault[] = [];
  let done = 0;
  for (const tensor of tensors) {
    faults.push(...(await verifyOne(tensor, signal)));
    done += tensor.length;
    onProgress?.(done, total);
  }
  return faults;
}

async function verifyOne(tensor: StoredTensor, signal?: AbortSignal): Promise<readonly Fault[]> {
  try {
    for (const rows of rowRanges(tensor)) {
      signal?.throwIfAborted();
      await readFloat32(tensor, rows);
    }
    return [];
  } catch (error) {
    if (error instanceof Fault) return [error];
    throw error;
  }
}

/** Pieces of a few million values; all at once where the stored order does not follow the rows. */
function rowRanges({ shape, stored }: StoredTensor): readonly (RowRange | undefined)[] {
  const rows = shape[0] ?? 1;
  const isWhole = shape.length < 2 || stored?.kind === 'transposed' || stored?.kind === 'partedRows';
  if (isWhole || valueCount(shape) <= valuesAtOnce) return [undefined];
  const step = Math.max(1, Math.floor((valuesAtOnce * rows) / valueCount(shape)));
  return Array.from({ length: Math.ceil(rows / step) }, (_, index) => [
    index * step,
    Math.min(rows, (index + 1) * step),
  ]);
}

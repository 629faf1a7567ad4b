/** Golden checkpoints as what a training run holds. */
import { readFloat32 } from '../../engine/files/readTensor.ts';
import type { StoredTensor } from '../../engine/files/modelFiles.ts';
import type { ModelDescription } from '../../engine/run/model.ts';
import type { TrainedWeight } from '../../engine/train/modelGraph.ts';

/** The tensor that a weight is read from: savings of one family differ in their prefixes. */
export function storedOf({ files }: ModelDescription, { source }: TrainedWeight): StoredTensor {
  const tensor = source.tensors.map((name) => files.tensors.get(name)).find((found) => found !== undefined);
  if (tensor === undefined) throw new RangeError(`no tensor ${source.tensors.join(' or ')}`);
  return tensor;
}

/** Values of these weights, by their names in a training run. */
export async function storedValues(
  model: ModelDescription,
  weights: readonly TrainedWeight[],
): Promise<Map<string, Float32Array>> {
  const read = async (weight: TrainedWeight) =>
    [weight.name, await readFloat32(storedOf(model, weight), weight.source.rows)] as const;
  return new Map(await Promise.all(weights.map(read)));
}

/** The same numbers, bit for bit but for the sign of zero; vitest's own comparison takes a thousand times as long. */
export function areSame(a: Float32Array | undefined, b: Float32Array | undefined): boolean {
  return a !== undefined && a.length === b?.length && a.every((value, i) => value === b[i]);
}

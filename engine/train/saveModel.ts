/** A trained model as a folder that this engine and Hugging Face open. */
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config, WeightSource } from '../arch/architecture.ts';
import { storedShape } from '../arch/storedShape.ts';
import { writeAtomically } from '../files/writeAtomically.ts';
import type { TensorToWrite } from '../files/writeSafetensors.ts';
import { writeSafetensors } from '../files/writeSafetensors.ts';
import { toFloat16 } from '../tensor/float16.ts';
import type { TrainedWeight } from './modelGraph.ts';

export interface ModelToSave {
  readonly config: Config;
  readonly weights: readonly TrainedWeight[];
  readonly values: ReadonlyMap<string, Float32Array>;
  /** Files that are copied as they are: the tokenizer's. */
  readonly beside: readonly { readonly name: string; readonly path: string }[];
  readonly dtype: 'float32' | 'float16';
}

/** Writes config.json, model.safetensors and the tokenizer's files; files of these names are replaced, each whole or not at all. */
export async function saveModel(folder: string, model: ModelToSave): Promise<void> {
  await mkdir(folder, { recursive: true });
  const overwrite = { overwrite: true };
  const tensors = storedTensors(model.weights, model.values).map((tensor) => asType(tensor, model.dtype));
  // Hugging Face asks for the metadata.
  await writeSafetensors(join(folder, 'model.safetensors'), tensors, { format: 'pt' }, overwrite);
  const config = `${JSON.stringify({ ...model.config, dtype: model.dtype }, null, 2)}\n`;
  await writeAtomically(join(folder, 'config.json'), [Buffer.from(config)], overwrite);
  for (const { name, path } of model.beside) if (join(folder, name) !== path) await copyFile(path, join(folder, name));
}

interface FloatTensor extends TensorToWrite {
  readonly data: Float32Array;
}

/** One tensor per name in the checkpoint: weights that are rows of one tensor are joined. */
export function storedTensors(
  weights: readonly TrainedWeight[],
  values: ReadonlyMap<string, Float32Array>,
): FloatTensor[] {
  const byTensor = new Map<string, TrainedWeight[]>();
  for (const weight of weights) {
    const [name = ''] = weight.source.tensors;
    byTensor.set(name, [...(byTensor.get(name) ?? []), weight]);
  }
  return [...byTensor].map(([name, parts]) => joined(name, parts, values));
}

function joined(name: string, parts: readonly TrainedWeight[], values: ReadonlyMap<string, Float32Array>): FloatTensor {
  const ordered = parts.toSorted((a, b) => firstRow(a.source) - firstRow(b.source));
  const arrays = ordered.map((part) => values.get(part.name) ?? missing(part.name));
  const shapes = ordered.map(({ source }) => storedShape(source));
  const [[, ...rest] = []] = shapes;
  const rows = shapes.reduce((sum, [first = 1]) => sum + first, 0);
  const data = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  arrays.reduce((at, array) => {
    data.set(array, at);
    return at + array.length;
  }, 0);
  return { name, shape: [rows, ...rest], data };
}

function firstRow({ rows }: WeightSource): number {
  return rows?.[0] ?? 0;
}

function missing(name: string): never {
  throw new RangeError(`save model: no values for ${name}`);
}

function asType(tensor: FloatTensor, dtype: ModelToSave['dtype']): TensorToWrite {
  return dtype === 'float32' ? tensor : { ...tensor, data: toFloat16(tensor.data) };
}

/** A trained model as a folder that this engine and Hugging Face open. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config, WeightSource } from '../arch/architecture.ts';
import { storedShape } from '../arch/storedShape.ts';
import { writeAtomically } from '../files/writeAtomically.ts';
import type { TensorToWrite } from '../files/writeSafetensors.ts';
import { writeSafetensors } from '../files/writeSafetensors.ts';
import { fitsFloat16, toFloat16 } from '../tensor/float16.ts';
import { Fault } from '../terms/fault.ts';
import { configText } from './configText.ts';
import type { TrainedWeight } from './modelGraph.ts';

export interface ModelToSave {
  readonly config: Config;
  readonly weights: readonly TrainedWeight[];
  readonly values: ReadonlyMap<string, Float32Array>;
  /** Files that are copied as they are: the tokenizer's. */
  readonly beside: readonly { readonly name: string; readonly path: string }[];
  readonly dtype: 'float32' | 'float16';
}

/**
 * Writes config.json, model.safetensors and the tokenizer's files; files of these names are replaced, each whole or not at
 * all. Throws Fault where a file can't be read or written, and for a weight that float16 has no place for.
 */
export async function saveModel(folder: string, model: ModelToSave): Promise<void> {
  await mkdir(folder, { recursive: true });
  const overwrite = { overwrite: true };
  const tensors = storedTensors(model.weights, model.values).map((tensor) => asType(tensor, model.dtype));
  // Hugging Face asks for the metadata.
  await writeSafetensors(join(folder, 'model.safetensors'), tensors, { format: 'pt' }, overwrite);
  const config = configText({ ...model.config, dtype: model.dtype });
  await writeAtomically(join(folder, 'config.json'), [Buffer.from(config)], overwrite);
  for (const { name, path } of model.beside) {
    if (join(folder, name) !== path) await writeAtomically(join(folder, name), [await contentOf(path)], overwrite);
  }
}

function contentOf(path: string): Promise<Buffer> {
  return readFile(path).catch((error: unknown) => {
    const got = error instanceof Error ? error.message : String(error);
    throw new Fault({ what: 'cannot be read', where: path, got });
  });
}

interface FloatTensor extends TensorToWrite {
  readonly data: Float32Array;
}

/**
 * One tensor per name in the checkpoint: weights that are rows of one tensor are joined, each at its place. Rows that no
 * weight reads (the first two of OPT's position table) are zero.
 */
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
  const [[, ...rest] = []] = parts.map(({ source }) => storedShape(source));
  const rows = Math.max(...parts.map(({ source }) => lastRow(source)));
  const width = rest.reduce((product, size) => product * size, 1);
  const data = new Float32Array(rows * width);
  for (const part of parts) data.set(values.get(part.name) ?? missing(part.name), firstRow(part.source) * width);
  return { name, shape: [rows, ...rest], data };
}

function firstRow({ rows }: WeightSource): number {
  return rows?.[0] ?? 0;
}

function lastRow(source: WeightSource): number {
  return source.rows?.[1] ?? storedShape(source)[0] ?? 1;
}

function missing(name: string): never {
  throw new RangeError(`save model: no values for ${name}`);
}

function asType(tensor: FloatTensor, dtype: ModelToSave['dtype']): TensorToWrite {
  if (dtype === 'float32') return tensor;
  const far = tensor.data.find((value) => !fitsFloat16(value));
  if (far === undefined) return { ...tensor, data: toFloat16(tensor.data) };
  throw new Fault({
    what: 'weight beyond float16',
    where: tensor.name,
    expected: `dtype float32, or at most 65504 in size`,
    got: String(far),
  });
}

/** Tensors of another tool's file under our names, in our order of axes. */
import { readFloat32 } from '../../engine/files/readTensor.ts';
import type { SafetensorsFile } from '../../engine/files/safetensors.ts';
import { Fault } from '../../engine/terms/fault.ts';
import type { AxisList } from '../../engine/terms/axes.ts';
import type { Dictionary } from '../dictionary.ts';

export type Sizes = Pick<Dictionary, 'width' | 'features'>;

export interface Stored {
  readonly shape: readonly number[];
  /** Row-major float32. */
  read(): Promise<Float32Array>;
}

/** By the names of the file. */
export interface TensorFile {
  readonly path: string;
  readonly tensors: ReadonlyMap<string, Stored>;
}

export function tensorsOf(path: string, { tensors }: SafetensorsFile): TensorFile {
  const read = [...tensors].map(
    ([name, stored]) => [name, { shape: stored.shape, read: () => readFloat32(stored) }] as const,
  );
  return { path, tensors: new Map(read) };
}

/** Throws Fault where one of them is not named here: what it is for is not known. */
export function checkTensorNames({ path, tensors }: TensorFile, known: readonly string[]): void {
  const unknown = [...tensors.keys()].filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const expected = `some of ${known.join(', ')}`;
  throw new Fault({ what: 'tensors that are not understood', where: path, expected, got: unknown.join(', ') });
}

/** F and D, from the tensor whose axes these are. Throws Fault where a config says otherwise. */
export function sizesFrom(
  file: TensorFile,
  name: string,
  axes: 'F D' | 'D F',
  said: { readonly width: number | null; readonly features: number | null },
): Sizes {
  const { shape } = requireTensor(file, name);
  const [rows, columns] = shape;
  if (shape.length !== 2 || rows === undefined || columns === undefined || rows < 1 || columns < 1) {
    throw new Fault({ what: `tensor ${name}`, where: file.path, expected: axes, got: `[${shape.join(', ')}]` });
  }
  const sizes = axes === 'F D' ? { features: rows, width: columns } : { features: columns, width: rows };
  if ((said.width ?? sizes.width) === sizes.width && (said.features ?? sizes.features) === sizes.features) return sizes;
  throw new Fault({
    what: 'the config and the weights are of different sizes',
    where: file.path,
    expected: `D ${said.width ?? sizes.width}, F ${said.features ?? sizes.features}`,
    got: `D ${sizes.width}, F ${sizes.features} in ${name}`,
  });
}

/** The tensor of these axes; `transposed` where the file has them the other way round. Throws Fault for another shape. */
export async function readAxes(
  file: TensorFile,
  name: string,
  axes: AxisList,
  { width, features }: Sizes,
  { transposed = false }: { readonly transposed?: boolean } = {},
): Promise<Float32Array> {
  const sizes: Readonly<Record<string, number>> = { D: width, F: features };
  const lengths = axes.split(' ').map((axis) => sizes[axis] as number);
  const expected = transposed ? lengths.toReversed() : lengths;
  const { shape, read } = requireTensor(file, name);
  if (shape.length !== expected.length || !shape.every((length, axis) => length === expected[axis])) {
    const got = `[${shape.join(', ')}]`;
    throw new Fault({ what: `tensor ${name}`, where: file.path, expected: `[${expected.join(', ')}]`, got });
  }
  const values = await read();
  return transposed ? turned(values, expected[0] as number, expected[1] as number) : values;
}

/** A number that is alone in its tensor. Throws Fault where it is not. */
export async function readNumber(file: TensorFile, name: string): Promise<number> {
  const { shape, read } = requireTensor(file, name);
  const [value] = shape.every((length) => length === 1) ? await read() : [];
  if (value !== undefined) return value;
  throw new Fault({ what: `tensor ${name}`, where: file.path, expected: 'one number', got: `[${shape.join(', ')}]` });
}

function requireTensor({ path, tensors }: TensorFile, name: string): Stored {
  const found = tensors.get(name);
  if (found !== undefined) return found;
  const got = [...tensors.keys()].slice(0, 20).join(', ') || 'none';
  throw new Fault({ what: 'a tensor is missing', where: path, expected: name, got });
}

/** [rows columns] as [columns rows]. */
function turned(values: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      out[column * rows + row] = values[row * columns + column] as number;
  }
  return out;
}

/**
 * Arrays of numbers inside plain records: JSON would make them four times as large and slow, so they go to a safetensors file
 * of their own, and the record says where: `{"$tensor": "row-12.safetensors", "name": "data"}`.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readFloat32 } from '../../files/readTensor.ts';
import { readSafetensors } from '../../files/safetensors.ts';
import type { TensorToWrite } from '../../files/writeSafetensors.ts';
import { writeSafetensors } from '../../files/writeSafetensors.ts';
import { Fault } from '../../terms/fault.ts';
import { openFile, requireFolder } from './safeFile.ts';

const KEY = '$tensor';

/** Of a file that this module wrote: a name that leads nowhere else. */
const fileName = /^[a-z]+(-\d{1,12})?\.safetensors$/;

/** The value with its arrays written to `folder/file` (which is replaced) and named instead. */
export async function spill(value: unknown, folder: string, file: string): Promise<unknown> {
  const tensors: TensorToWrite[] = [];
  const plain = mapped(value, (data, path) => {
    const name = path.join('.');
    tensors.push({ name, shape: [data.length], data });
    return { [KEY]: file, name };
  });
  if (tensors.length === 0) return plain;
  await mkdir(folder, { recursive: true });
  await requireFolder(folder);
  await writeSafetensors(join(folder, file), tensors, {}, { overwrite: true });
  return plain;
}

/** The value with its arrays read back. Throws Fault where a file is not there or does not hold them. */
export async function restore(value: unknown, folder: string): Promise<unknown> {
  if (Array.isArray(value)) {
    // Most lists are of numbers, and long.
    if (!value.some((item) => typeof item === 'object' && item !== null)) return value;
    return Promise.all(value.map((item: unknown) => restore(item, folder)));
  }
  if (typeof value !== 'object' || value === null) return value;
  if (KEY in value) return readOne(value, folder);
  const entries = Object.entries(value).map(async ([key, item]) => [key, await restore(item, folder)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

async function readOne(reference: object, folder: string): Promise<Float32Array> {
  const [file, name]: readonly unknown[] = [Reflect.get(reference, KEY), Reflect.get(reference, 'name')];
  if (typeof file !== 'string' || typeof name !== 'string' || !fileName.test(file)) {
    throw new Fault({ what: 'a reference to a tensor', where: folder, expected: 'file and name', got: String(file) });
  }
  await requireFolder(folder);
  const path = join(folder, file);
  await (await openFile(path)).close();
  const tensor = (await readSafetensors(path)).tensors.get(name);
  if (tensor?.type === 'F32') return readFloat32(tensor);
  throw new Fault({ what: `tensor "${name}"`, where: path, expected: 'F32', got: tensor?.type ?? 'no such tensor' });
}

type Path = readonly string[];

function mapped(value: unknown, replace: (data: Float32Array, path: Path) => unknown, path: Path = []): unknown {
  if (value instanceof Float32Array) return replace(value, path);
  if (ArrayBuffer.isView(value)) throw new RangeError(`spill: an array of another type at ${path.join('.')}`);
  if (Array.isArray(value)) {
    if (!value.some((item) => typeof item === 'object' && item !== null)) return value;
    return value.map((item: unknown, i) => mapped(item, replace, [...path, String(i)]));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapped(item, replace, [...path, key])]));
}

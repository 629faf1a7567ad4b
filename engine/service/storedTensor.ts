/** Tensors that edits take from files: read, cut, averaged, and named by the axes they were captured with. */
import { open, realpath } from 'node:fs/promises';
import type { StoredTensor } from '../files/modelFiles.ts';
import { readFloat32 } from '../files/readTensor.ts';
import type { SafetensorsFile } from '../files/safetensors.ts';
import { readSafetensors } from '../files/safetensors.ts';
import type { Edit, EditOperation, EditValue } from '../terms/edits.ts';
import { Fault } from '../terms/fault.ts';
import type { Site } from '../terms/sites.ts';
import { sites } from '../terms/sites.ts';
import { metadataKeys } from './captureFile.ts';
import type { ParsedEdit, ParsedOperation, TensorReference } from './editSyntax.ts';
import { parseEdit } from './editSyntax.ts';
import { systemReason } from './output.ts';

/** Edits of the command line as data. Throws EditSyntaxFault, or Fault for a tensor that can't be had. */
export async function readEdits(texts: readonly string[]): Promise<Edit[]> {
  const parsed = texts.map(parseEdit);
  return Promise.all(parsed.map(resolveEdit));
}

async function resolveEdit({ text, operation, ...place }: ParsedEdit): Promise<Edit> {
  return { ...place, operation: await resolveOperation(operation, place.site, text) };
}

async function resolveOperation(operation: ParsedOperation, site: Site, text: string): Promise<EditOperation> {
  if (!('tensor' in operation)) return operation;
  const where = `edit "${text}"`;
  const { values, lengths } = await readReference(operation.tensor, site, where);
  switch (operation.kind) {
    case 'add':
      return { kind: 'add', value: values, times: operation.times };
    case 'replace':
    case 'resample':
      return { kind: operation.kind, value: values };
    case 'mean':
      return { kind: 'mean', value: meanOf(values, lengths, operation.pooled, where) };
  }
}

interface Reference {
  readonly values: EditValue;
  /** Tokens of each row, where the file says so. */
  readonly lengths: readonly number[] | null;
}

async function readReference(reference: TensorReference, site: Site, where: string): Promise<Reference> {
  const file = await openTensorFile(reference.file, where);
  const tensor = file.tensors.get(reference.name);
  if (tensor === undefined) {
    const names = [...file.tensors.keys()];
    const expected = names.length > 12 ? `${names.slice(0, 12).join(', ')} ...` : names.join(', ');
    throw new Fault({ what: `no tensor "${reference.name}" in ${reference.file}`, where, expected });
  }
  const lengths = await readLengths(file);
  const whole = { axes: axesOf(file, tensor, site, where), shape: tensor.shape, data: await readFloat32(tensor) };
  const row = takeOne(whole, 'B', reference.row, where);
  const rowLengths = reference.row === null ? lengths : (lengths?.slice(reference.row, reference.row + 1) ?? null);
  const position = positionIn(reference.position, rowLengths, row, where);
  return { values: takeOne(row, 'P', position, where), lengths: position === null ? rowLengths : null };
}

async function openTensorFile(path: string, where: string): Promise<SafetensorsFile> {
  const real = await realpath(path).catch((error: unknown) => {
    throw new Fault({ what: `${path} cannot be read`, where, got: systemReason(error) });
  });
  return readSafetensors(real);
}

async function readLengths({ tensors }: SafetensorsFile): Promise<readonly number[] | null> {
  const lengths = tensors.get('lengths');
  return lengths === undefined || lengths.type !== 'I64' ? null : readIntegers(lengths);
}

/** A capture file says the axes; in any other the tensor's axes are the last ones of the site. */
function axesOf({ metadata }: SafetensorsFile, tensor: StoredTensor, site: Site, where: string): string {
  const written = captureAxes(metadata, tensor.name);
  if (written !== null && written.split(' ').length === tensor.shape.length) return written;
  const letters = sites[site].axes.split(' ');
  const rank = tensor.shape.length;
  if (rank >= 1 && rank <= letters.length) return letters.slice(-rank).join(' ');
  throw new Fault({
    what: `tensor "${tensor.name}"`,
    where,
    expected: `1 to ${letters.length} axes (${site} is ${sites[site].axes})`,
    got: `${rank}`,
  });
}

function captureAxes(metadata: SafetensorsFile['metadata'], name: string): string | null {
  const text = metadata[metadataKeys.axes];
  if (text === undefined) return null;
  try {
    const axes: unknown = JSON.parse(text);
    const found: unknown = typeof axes === 'object' && axes !== null ? Reflect.get(axes, name) : null;
    return typeof found === 'string' ? found : null;
  } catch {
    return null;
  }
}

/** The position from the front; negative ones count from the end of the row. */
function positionIn(
  position: number | null,
  lengths: readonly number[] | null,
  { axes, shape }: EditValue,
  where: string,
): number | null {
  if (position === null || position >= 0) return position;
  const ends = new Set(lengths ?? [shape[axes.split(' ').indexOf('P')] ?? 0]);
  const [end = 0] = ends;
  if (ends.size === 1) return end + position;
  throw new Fault({ what: `p=${position} of rows of unequal length`, where, expected: 'one row, such as [b=0,p=-1]' });
}

/** The slice at `index`, its axis kept with size 1. */
function takeOne(value: EditValue, axis: 'B' | 'P', index: number | null, where: string): EditValue {
  if (index === null) return value;
  const at = value.axes.split(' ').indexOf(axis);
  const size = value.shape[at] ?? 0;
  if (index < 0 || index >= size) {
    throw new Fault({
      what: `index ${index} of axis ${axis}`,
      where,
      expected: size === 0 ? `a tensor with axis ${axis}` : `0 to ${size - 1}`,
    });
  }
  const inner = value.shape.slice(at + 1).reduce((product, n) => product * n, 1);
  const outer = value.shape.slice(0, at).reduce((product, n) => product * n, 1);
  const data = new Float32Array(outer * inner);
  for (let o = 0; o < outer; o++) {
    const from = (o * size + index) * inner;
    data.set(value.data.subarray(from, from + inner), o * inner);
  }
  return { axes: value.axes, shape: value.shape.with(at, 1), data };
}

/** Mean over rows at each position, or over rows and positions; padding is left out. */
function meanOf(value: EditValue, lengths: readonly number[] | null, pooled: boolean, where: string): EditValue {
  const letters = value.axes.split(' ');
  if (letters[0] !== 'B' || letters[1] !== 'P') {
    throw new Fault({
      what: 'a mean is taken over axes B and P',
      where,
      expected: 'a tensor with axes B P ...',
      got: value.axes,
    });
  }
  const [rows = 0, positions = 0, ...rest] = value.shape;
  const ends = lengths ?? Array.from({ length: rows }, () => positions);
  if (!pooled && new Set(ends).size > 1) {
    throw new Fault({
      what: 'a mean per position of rows of unequal length',
      where,
      expected: 'rows of one length, or mean(FILE#name,pooled)',
    });
  }
  const width = rest.reduce((product, n) => product * n, 1);
  const slots = pooled ? 1 : positions;
  const sums = new Float64Array(slots * width);
  ends.forEach((end, row) => addRow(sums, value.data, { row, positions, end, width, pooled }));
  const tokens = ends.reduce((total, end) => total + end, 0);
  const counted = pooled ? tokens : rows;
  return { axes: value.axes, shape: [1, slots, ...rest], data: Float32Array.from(sums, (sum) => sum / counted) };
}

interface Row {
  readonly row: number;
  readonly positions: number;
  readonly end: number;
  readonly width: number;
  readonly pooled: boolean;
}

function addRow(sums: Float64Array, data: Float32Array, { row, positions, end, width, pooled }: Row): void {
  for (let position = 0; position < end; position++) {
    const from = (row * positions + position) * width;
    const to = pooled ? 0 : position * width;
    for (let i = 0; i < width; i++) sums[to + i] = (sums[to + i] ?? 0) + (data[from + i] ?? 0);
  }
}

/** Small I64 tensors, such as `lengths`. */
async function readIntegers(tensor: StoredTensor): Promise<readonly number[]> {
  const handle = await open(tensor.file, 'r');
  try {
    const { buffer } = await handle.read(new Uint8Array(tensor.length), 0, tensor.length, tensor.offset);
    return Array.from(new BigInt64Array(buffer.buffer), Number);
  } finally {
    await handle.close();
  }
}

/** A stored tensor's values: as float32, or as quantised blocks kept as they are. The only reader of tensor bytes. */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { Fault } from '../terms/fault.ts';
import type { WeightBlocks } from './dequantise/blockFormat.ts';
import { floatFormats } from './dequantise/floats.ts';
import { blockFormats } from './dequantise/index.ts';
import { cutShape, fillParts } from './headsLeftOut.ts';
import type { BlockType, FloatType, StoredTensor } from './modelFiles.ts';
import { rowOrderOf } from './rowOrder.ts';
import type { RowRange } from './rowOrder.ts';
import type { TensorCut } from './tensorCut.ts';
import { blockLayouts, describeBytes, isBlockType, isIntegerType, valueCount } from './storedTypes.ts';

export type { RowRange } from './rowOrder.ts';
export type { WeightBlocks } from './dequantise/blockFormat.ts';
export { describeBytes } from './storedTypes.ts';

const chunkBytes = 1 << 22;

/**
 * Float32 values, row-major, [rows, ...shape.slice(1)]: quantised types dequantised, the stored change undone.
 * Throws Fault for an integer tensor, for NaN or infinity (naming the first), and where the file has become shorter.
 */
export async function readFloat32(tensor: StoredTensor, rows?: RowRange): Promise<Float32Array> {
  if (tensor.stored?.kind === 'headsLeftOut') return readLeftOut(tensor, tensor.stored.cut, rows);
  const range = checkedRange(tensor, rowLayout(tensor), rows);
  const out =
    tensor.stored?.kind === 'transposed' ? await readTransposed(tensor, range) : await readRows(tensor, range);
  if (tensor.stored?.kind === 'plus') subtract(out, tensor.stored.constant);
  checkFinite(tensor, out, range[0] * rowLayout(tensor).values);
  return out;
}

async function readLeftOut(tensor: StoredTensor, cut: TensorCut, rows?: RowRange): Promise<Float32Array> {
  const { stored: _, ...smaller } = tensor;
  const values = fillParts(await readFloat32({ ...smaller, shape: cutShape(cut) }), cut);
  const layout = rowLayout(tensor);
  const [from, to] = checkedRange(tensor, layout, rows);
  return values.subarray(from * layout.values, to * layout.values);
}

/** The bytes of a tensor as they lie in its file. */
export async function readStored(tensor: StoredTensor): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(tensor.length);
  await withFile(tensor.file, (file) => readFully(file, tensor, bytes, tensor.length, tensor.offset));
  return bytes;
}

async function readRows(tensor: StoredTensor, range: RowRange): Promise<Float32Array> {
  const layout = rowLayout(tensor);
  const out = new Float32Array((range[1] - range[0]) * layout.values);
  const decode = decoderOf(tensor);
  await forEachRun(tensor, layout, range, (bytes, run) => {
    decode(bytes, run.count * layout.values, out, run.to * layout.values);
  });
  return out;
}

/** Stored [out, in]; wanted are rows `from` to `to` of [in, out]. */
async function readTransposed(tensor: StoredTensor, [from, to]: RowRange): Promise<Float32Array> {
  const [ins, outs] = [tensor.shape[0] as number, tensor.shape[1] as number];
  const layout: RowLayout = { rows: outs, values: ins, bytes: tensor.length / outs };
  const out = new Float32Array((to - from) * outs);
  const decode = decoderOf(tensor);
  await forEachPiece(tensor, layout, [0, outs], (bytes, { count, to: first }) => {
    const rows = new Float32Array(count * ins);
    decode(view(bytes, 0), rows.length, rows, 0);
    for (let i = from; i < to; i++) {
      for (let o = 0; o < count; o++) out[(i - from) * outs + first + o] = rows[o * ins + i] as number;
    }
  });
  return out;
}

/** Can this tensor be had as quantised blocks (`readBlocks`)? */
export function hasBlocks({ type, stored }: StoredTensor): boolean {
  return isBlockType(type) && stored?.kind !== 'plus' && stored?.kind !== 'transposed';
}

/**
 * Quantised weights as they are stored, [rows, blocks]. Throws RangeError for a type that is not a block type,
 * Fault where a scale or minimum is not finite.
 */
export async function readBlocks(tensor: StoredTensor, rows?: RowRange): Promise<WeightBlocks> {
  const { type } = tensor;
  if (!isBlockType(type) || !hasBlocks(tensor)) {
    throw new RangeError(`readBlocks: ${describeBytes(tensor)} of "${tensor.name}" can't be kept as blocks`);
  }
  const layout = rowLayout(tensor);
  const range = checkedRange(tensor, layout, rows);
  const blocks = emptyBlocks(type, (range[1] - range[0]) * layout.values);
  const minimums = blocks.minimums ?? new Float32Array(0);
  const format = blockFormats[type];
  await forEachRun(tensor, layout, range, (bytes, run) => {
    const [count, from] = [run.count * layout.values, run.to * layout.values];
    format.keep(bytes, count / blockLayouts[type].values, { ...blocks, minimums }, from / format.blockSize);
  });
  checkFinite(tensor, blocks.scales, 0, 'scale of block');
  checkFinite(tensor, minimums, 0, 'minimum of block');
  return blocks;
}

function emptyBlocks(type: BlockType, values: number): WeightBlocks {
  const { bits, blockSize, hasMinimums } = blockFormats[type];
  const blocks = values / blockSize;
  const codes = new Uint8Array((values * bits) / 8);
  const minimums = hasMinimums ? new Float32Array(blocks) : null;
  return { bits, blockSize, codes, scales: new Float32Array(blocks), minimums };
}

/** Opens the file, hands it over, and closes it whatever happens. A file that can't be opened is a Fault. */
async function withFile<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw new Fault({
      what: 'cannot be opened',
      where: path,
      got: error instanceof Error ? error.message : String(error),
    });
  });
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

/** Rows of the first axis as they lie in the file. One-dimensional plain numbers have rows of one value. */
interface RowLayout {
  readonly rows: number;
  /** Values in a row. */
  readonly values: number;
  readonly bytes: number;
}

function rowLayout({ shape, type, length }: StoredTensor): RowLayout {
  const single = shape.length === 0 || (shape.length === 1 && isBlockType(type));
  const rows = single ? 1 : (shape[0] as number);
  return { rows, values: rows === 0 ? 0 : valueCount(shape) / rows, bytes: rows === 0 ? 0 : length / rows };
}

function checkedRange(tensor: StoredTensor, { rows }: RowLayout, range: RowRange = [0, rows]): RowRange {
  const [from, to] = range;
  if (Number.isInteger(from) && Number.isInteger(to) && 0 <= from && from <= to && to <= rows) return range;
  throw new RangeError(`"${tensor.name}": rows ${from} to ${to} are not within its ${rows}`);
}

type Decode = (bytes: DataView, values: number, out: Float32Array, from: number) => void;

function decoderOf({ name, file, type }: StoredTensor): Decode {
  if (isBlockType(type)) {
    const { dequantise } = blockFormats[type];
    const { values } = blockLayouts[type];
    return (bytes, count, out, from) => dequantise(bytes, count / values, out, from);
  }
  if (isIntegerType(type)) {
    throw new Fault({
      what: 'weights are integers',
      where: `${file}: tensor "${name}"`,
      expected: 'a float type',
      got: type,
    });
  }
  return floatFormats[type as FloatType];
}

/** `count` rows that lie together in the file; the first one is row `to` of the result. */
interface Run {
  readonly count: number;
  readonly to: number;
}

/** Reads the rows in pieces of a few MB and hands each run of neighbouring rows over, at its bytes. */
async function forEachRun(
  tensor: StoredTensor,
  layout: RowLayout,
  range: RowRange,
  use: (bytes: DataView, run: Run) => void,
): Promise<void> {
  const order = rowOrderOf(tensor);
  if (order === null) {
    await forEachPiece(tensor, layout, range, (bytes, { count, to }) =>
      use(view(bytes, 0), { count, to: to - range[0] }),
    );
    return;
  }
  await forEachPiece(tensor, layout, order.covering(range), (bytes, { count, to: first }) => {
    for (let at = 0; at < count; at++) {
      const to = order.destination(first + at);
      if (to >= range[0] && to < range[1]) use(view(bytes, at * layout.bytes), { count: 1, to: to - range[0] });
    }
  });
}

/** Stored rows [first, last) in pieces of a few MB; `to` is the number of the piece's first stored row. */
async function forEachPiece(
  tensor: StoredTensor,
  layout: RowLayout,
  [first, last]: RowRange,
  use: (bytes: Buffer, piece: Run) => void,
): Promise<void> {
  const rowsAtOnce = Math.max(1, Math.floor(chunkBytes / Math.max(1, layout.bytes)));
  const buffer = Buffer.allocUnsafe(Math.min(rowsAtOnce, last - first) * layout.bytes);
  if (buffer.length === 0) return;
  await withFile(tensor.file, async (file) => {
    for (let row = first; row < last; row += rowsAtOnce) {
      const count = Math.min(rowsAtOnce, last - row);
      await readFully(file, tensor, buffer, count * layout.bytes, tensor.offset + row * layout.bytes);
      use(buffer, { count, to: row });
    }
  });
}

function view(buffer: Buffer, from: number): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset + from, buffer.length - from);
}

async function readFully(
  file: FileHandle,
  tensor: StoredTensor,
  buffer: Buffer,
  length: number,
  position: number,
): Promise<void> {
  for (let filled = 0; filled < length;) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) {
      throw new Fault({
        what: 'the file has become shorter',
        where: `${tensor.file}: tensor "${tensor.name}"`,
        expected: `${length} bytes at ${position}`,
        got: `${filled}`,
      });
    }
    filled += bytesRead;
  }
}

function subtract(values: Float32Array, constant: number): void {
  for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) - constant;
}

// A float32 is NaN or infinite where all eight exponent bits are set; adding one to the exponent then reaches the sign bit.
function checkFinite({ name, file }: StoredTensor, values: Float32Array, first: number, what = 'value'): void {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  let seen = 0;
  for (let i = 0; i < bits.length; i++) seen |= ((bits[i] as number) & 0x7fffffff) + 0x00800000;
  if (seen >= 0) return;
  const index = values.findIndex((value) => !Number.isFinite(value));
  throw new Fault({
    what: `${what} ${first + index} is not finite`,
    where: `${file}: tensor "${name}"`,
    expected: 'a number',
    got: String(values[index]),
  });
}

/**
 * Weights that stay quantised: w = scale * (code - 2^(bits - 1)) + minimum per block along the last axis.
 * The product uses com.microsoft.MatMulNBits in its fast symmetric form, and adds the minimums by algebra:
 * y[n] = sum_k scale (code - 2^(bits - 1)) x[k] + sum_blocks minimum[n, block] * (sum of x over the block).
 */
import type { Parameter } from './graph.ts';
import type { OnnxWriter } from './onnxWriter.ts';
import { onnxTypeCode } from './onnxWriter.ts';
import type { BlocksStorage } from './storage.ts';
import { printType } from './value.ts';

interface BlockSizes {
  readonly rows: number;
  readonly columns: number;
  readonly blocks: number;
}

/** The last `inner` axes together are the columns; blocks run along them. */
function blockSizes({ name, type }: Parameter, { blockSize }: BlocksStorage, inner: number): BlockSizes {
  const sizes = type.axes.map(({ size }) => {
    if (size === 'dynamic') throw new RangeError(`lower: ${name}: expected fixed axes, got ${printType(type)}`);
    return size;
  });
  const product = (list: readonly number[]) => list.reduce((a, b) => a * b, 1);
  const columns = product(sizes.slice(sizes.length - inner));
  if (columns % blockSize !== 0) {
    throw new RangeError(`lower: ${name}: expected columns in blocks of ${blockSize}, got ${columns} columns`);
  }
  return { rows: product(sizes.slice(0, sizes.length - inner)), columns, blocks: columns / blockSize };
}

interface BlockTensors {
  readonly codes: string;
  readonly scales: string;
  readonly minimums: string | null;
}

function blockTensors(
  writer: OnnxWriter,
  parameter: Parameter,
  storage: BlocksStorage,
  sizes: BlockSizes,
  codeDims: readonly number[],
): BlockTensors {
  const { rows, blocks } = sizes;
  const { name } = parameter;
  return {
    codes: writer.external(`${name}.codes`, 'uint8', codeDims, storage.codes),
    scales: writer.external(`${name}.scales`, 'float32', [rows, blocks], storage.scales),
    minimums:
      storage.minimums === null
        ? null
        : writer.external(`${name}.minimums`, 'float32', [rows, blocks], storage.minimums),
  };
}

/** x [.., columns] times the parameter's rows -> [.., rows]; the parameter's last `inner` axes are the columns. */
export function multiplyBlocks(
  writer: OnnxWriter,
  x: string,
  parameter: Parameter,
  storage: BlocksStorage,
  inner: number,
  leading: number,
): string {
  const sizes = blockSizes(parameter, storage, inner);
  const { rows, blocks } = sizes;
  const { bits, blockSize } = storage;
  const tensors = blockTensors(writer, parameter, storage, sizes, [rows, blocks, (blockSize * bits) / 8]);
  const { products, minimums } = bits === 8 ? halves(writer, parameter, storage, sizes, tensors) : whole(tensors);
  const attributes = { K: sizes.columns, N: rows, bits: 4, block_size: blockSize, accuracy_level: 0 };
  const product = products
    .map(({ codes, scales }) => writer.node('MatMulNBits', [x, codes, scales], { attributes, domain: 'com.microsoft' }))
    .reduce((sum, part) => writer.node('Add', [sum, part]));
  if (minimums === null) return product;
  const shape = writer.int64s([...Array<number>(leading).fill(0), blocks, blockSize]);
  const grouped = writer.sharedNode('Reshape', [x, shape]);
  const sums = writer.sharedNode('ReduceSum', [grouped, writer.int64s([-1])], { attributes: { keepdims: 0 } });
  const transposed = { attributes: { transB: 1 }, domain: 'com.microsoft' } as const;
  return writer.node('Add', [product, writer.node('FusedMatMul', [sums, minimums], transposed)]);
}

/** Four-bit products that add up to the weight's, and what is added per block. */
interface Products {
  readonly products: readonly { readonly codes: string; readonly scales: string }[];
  readonly minimums: string | null;
}

function whole({ codes, scales, minimums }: BlockTensors): Products {
  return { products: [{ codes, scales }], minimums };
}

/**
 * Eight bits as two times four, for MatMulNBits is fast with four only (49,152 x 576, one row: 126 ms against 2 x 1.8 ms):
 * code = 16 h + l, so s (code - 128) + m = 16 s (h - 8) + s (l - 8) + (m + 8 s).
 * What is constant the runtime works out once, when the session is made.
 */
function halves(
  writer: OnnxWriter,
  parameter: Parameter,
  storage: BlocksStorage,
  sizes: BlockSizes,
  { codes, scales, minimums }: BlockTensors,
): Products {
  const times = (factor: number) => writer.node('Mul', [scales, writer.floats([factor], [])]);
  const { high, low } = givenHalves(writer, parameter, storage, sizes) ?? splitHalves(writer, codes, storage, sizes);
  return {
    products: [
      { codes: high, scales: times(16) },
      { codes: low, scales },
    ],
    minimums: minimums === null ? times(8) : writer.node('Add', [minimums, times(8)]),
  };
}

interface Halves {
  readonly high: string;
  readonly low: string;
}

function givenHalves(
  writer: OnnxWriter,
  { name }: Parameter,
  { halves: given, blockSize }: BlocksStorage,
  { rows, blocks }: BlockSizes,
): Halves | null {
  if (given === undefined) return null;
  const dims = [rows, blocks, blockSize / 2];
  return {
    high: writer.external(`${name}.high`, 'uint8', dims, given.high),
    low: writer.external(`${name}.low`, 'uint8', dims, given.low),
  };
}

/** Two codes per byte, the lower index in the low half. */
function splitHalves(
  writer: OnnxWriter,
  codes: string,
  { blockSize }: BlocksStorage,
  { rows, blocks }: BlockSizes,
): Halves {
  const pairs = writer.node('Reshape', [codes, writer.int64s([rows, blocks, blockSize / 2, 2])]);
  const member = (index: number) =>
    writer.node('Squeeze', [
      writer.node('Gather', [pairs, writer.int64s([index])], { attributes: { axis: 3 } }),
      writer.int64s([3]),
    ]);
  const [even, odd] = [member(0), member(1)];
  const and = (tensor: string, mask: number) => writer.node('BitwiseAnd', [tensor, writer.bytes([mask], [])]);
  const shift = (tensor: string, direction: 'LEFT' | 'RIGHT') =>
    writer.node('BitShift', [tensor, writer.bytes([4], [])], { attributes: { direction } });
  return {
    high: writer.node('BitwiseOr', [shift(even, 'RIGHT'), and(odd, 0xf0)]),
    low: writer.node('BitwiseOr', [and(even, 0x0f), shift(odd, 'LEFT')]),
  };
}

/** The whole parameter as float32 blocks in order. */
export function dequantise(writer: OnnxWriter, parameter: Parameter, storage: BlocksStorage): string {
  return rowsAsFloat(writer, parameter, storage, (tensor) => tensor);
}

/** Entries of the parameter's first axis at `ids`, as float32 blocks in order. */
export function gatherBlocks(writer: OnnxWriter, parameter: Parameter, storage: BlocksStorage, ids: string): string {
  return rowsAsFloat(writer, parameter, storage, (tensor) =>
    writer.node('Gather', [tensor, ids], { attributes: { axis: 0 } }),
  );
}

/** `choose` picks rows from the two-dimensional codes, scales and minimums. */
function rowsAsFloat(
  writer: OnnxWriter,
  parameter: Parameter,
  storage: BlocksStorage,
  choose: (tensor: string) => string,
): string {
  const sizes = blockSizes(parameter, storage, Math.max(parameter.type.axes.length - 1, 1));
  const { rows, columns } = sizes;
  const { bits, blockSize } = storage;
  const width = (columns * bits) / 8;
  const tensors = blockTensors(writer, parameter, storage, sizes, [rows, width]);
  const codes = unpackedCodes(writer, choose(tensors.codes), bits);
  const centred = writer.node('Sub', [
    writer.node('Cast', [codes], { attributes: { to: onnxTypeCode('float32') } }),
    writer.floats([2 ** (bits - 1)], []),
  ]);
  const inBlocks = writer.node('Reshape', [centred, writer.int64s([-1, blockSize])]);
  const perBlock = (tensor: string) => writer.node('Reshape', [choose(tensor), writer.int64s([-1, 1])]);
  const scaled = writer.node('Mul', [inBlocks, perBlock(tensors.scales)]);
  return tensors.minimums === null ? scaled : writer.node('Add', [scaled, perBlock(tensors.minimums)]);
}

/** uint8 [.., bytes] -> uint8 [.., bytes, 8 / bits], the low half first. */
function unpackedCodes(writer: OnnxWriter, packed: string, bits: 4 | 8): string {
  if (bits === 8) return packed;
  const axes = writer.int64s([-1]);
  const low = writer.node('BitwiseAnd', [packed, writer.bytes([15], [])]);
  const high = writer.node('BitShift', [packed, writer.bytes([4], [])], { attributes: { direction: 'RIGHT' } });
  const halves = [low, high].map((half) => writer.node('Unsqueeze', [half, axes]));
  return writer.node('Concat', halves, { attributes: { axis: -1 } });
}

/** Writes small GGUF files for tests: version 3 unless told, little endian, 32-byte alignment. */

export type GgufTestValue =
  | { readonly u32: number }
  | { readonly u64: bigint }
  | { readonly i32: number }
  | { readonly f32: number }
  | { readonly f64: number }
  | { readonly bool: boolean }
  | { readonly text: string }
  | { readonly texts: readonly string[] }
  | { readonly f32s: readonly number[] }
  | { readonly i32s: readonly number[] }
  | { readonly nested: readonly (readonly number[])[] };

export interface GgufTestTensor {
  readonly name: string;
  /** GGML's number of the type; 0 is F32. */
  readonly type: number;
  /** Outermost first, as the reader gives it. */
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

export interface GgufTestFile {
  readonly version?: number;
  readonly metadata: Readonly<Record<string, GgufTestValue>>;
  readonly tensors: readonly GgufTestTensor[];
}

const alignment = 32;

export function float32Tensor(name: string, shape: readonly number[], values: Iterable<number>): GgufTestTensor {
  return { name, type: 0, shape, bytes: new Uint8Array(Float32Array.from(values).buffer) };
}

export function ggufBytes({ version = 3, metadata, tensors }: GgufTestFile): Buffer {
  const entries = Object.entries(metadata);
  const offsets = tensors.map((_, index) =>
    tensors.slice(0, index).reduce((sum, { bytes }) => sum + padded(bytes.length), 0),
  );
  const header = Buffer.concat([
    Buffer.from('GGUF'),
    u32(version),
    u64(tensors.length),
    u64(entries.length),
    ...entries.flatMap(([key, value]) => [text(key), encode(value)]),
    ...tensors.map(({ name, shape, type }, index) =>
      Buffer.concat([
        text(name),
        u32(shape.length),
        ...shape.toReversed().map(u64),
        u32(type),
        u64(offsets[index] ?? 0),
      ]),
    ),
  ]);
  return Buffer.concat([pad(header), ...tensors.map(({ bytes }) => pad(bytes))]);
}

function encode(value: GgufTestValue): Buffer {
  if ('u32' in value) return Buffer.concat([u32(4), u32(value.u32)]);
  if ('i32' in value) return Buffer.concat([u32(5), i32(value.i32)]);
  if ('f32' in value) return Buffer.concat([u32(6), f32(value.f32)]);
  if ('bool' in value) return Buffer.concat([u32(7), Buffer.from([value.bool ? 1 : 0])]);
  if ('text' in value) return Buffer.concat([u32(8), text(value.text)]);
  if ('u64' in value) return Buffer.concat([u32(10), u64(value.u64)]);
  if ('f64' in value) return Buffer.concat([u32(12), f64(value.f64)]);
  return Buffer.concat([u32(9), encodeArray(value)]);
}

function encodeArray(value: Extract<GgufTestValue, object>): Buffer {
  if ('texts' in value) return Buffer.concat([u32(8), u64(value.texts.length), ...value.texts.map(text)]);
  if ('f32s' in value) return Buffer.concat([u32(6), u64(value.f32s.length), ...value.f32s.map(f32)]);
  if ('i32s' in value) return Buffer.concat([u32(5), u64(value.i32s.length), ...value.i32s.map(i32)]);
  if (!('nested' in value)) throw new TypeError('not an array');
  const inner = value.nested.map((items) => Buffer.concat([u32(5), u64(items.length), ...items.map(i32)]));
  return Buffer.concat([u32(9), u64(inner.length), ...inner]);
}

function padded(length: number): number {
  return Math.ceil(length / alignment) * alignment;
}

function pad(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(padded(bytes.length) - bytes.length)]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function i32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function f32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}

function f64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

function u64(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([u64(bytes.length), bytes]);
}

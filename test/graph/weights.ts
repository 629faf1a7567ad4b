/** Weight files for tests: tensors written one after another at odd places, and the storage that points at them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dense } from '../../engine/graph/dense.ts';
import type { ExternalBytes, ParameterStorage } from '../../engine/graph/lower.ts';
import type { Random } from '../../engine/tensor/random.ts';

type FloatType = 'F32' | 'F16' | 'BF16' | 'F64';

export class WeightFile {
  readonly #chunks: Uint8Array[] = [new Uint8Array(12)];
  #length = 12;

  append(data: Float32Array | Float64Array | Uint16Array | Uint8Array): ExternalBytes {
    // 16 bytes is what a safetensors file promises for float64 at most.
    const gap = (16 - (this.#length % 16)) % 16;
    const bytes = new Uint8Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) as ArrayBuffer);
    const offset = this.#length + gap;
    this.#chunks.push(new Uint8Array(gap), bytes);
    this.#length = offset + bytes.length;
    return { location: 'weights.bin', offset, length: bytes.length };
  }

  appendFloats(values: Dense, type: FloatType): ParameterStorage {
    return { kind: 'external', type, ...this.append(encoded(values.data, type)) };
  }

  /** Calls with a folder that holds the file, and removes it. */
  async inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
    const folder = mkdtempSync(join(tmpdir(), 'headscope-graph-'));
    try {
      writeFileSync(join(folder, 'weights.bin'), Buffer.concat(this.#chunks));
      return await use(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}

function encoded(values: Dense['data'], type: FloatType): Float32Array | Float64Array | Uint16Array {
  switch (type) {
    case 'F32':
      return Float32Array.from(values);
    case 'F64':
      return Float64Array.from(values);
    case 'BF16':
      return Uint16Array.from(values, (value) => float32Bits(value) >>> 16);
    case 'F16':
      return Uint16Array.from(values, halfBits);
  }
}

function float32Bits(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0] as number;
}

/** Values that 16-bit types hold exactly: eighths up to 2. */
export function eighths(random: Random): number {
  return (random.below(33) - 16) / 8;
}

/** float16 of a normal number that it holds exactly, or 0. */
function halfBits(value: number): number {
  if (value === 0) return 0;
  const exponent = Math.floor(Math.log2(Math.abs(value)));
  const mantissa = (Math.abs(value) / 2 ** exponent - 1) * 1024;
  return (value < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | mantissa;
}

export interface Blocks {
  readonly storage: ParameterStorage;
  /** w = scale * (code - 2^(bits - 1)) + minimum, row-major. */
  readonly weights: Float64Array;
}

/** Random blocks of `count` weights, appended to the file. */
export function randomBlocks(
  file: WeightFile,
  random: Random,
  count: number,
  bits: 4 | 8,
  blockSize: 16 | 32,
  hasMinimums: boolean,
): Blocks {
  const blocks = count / blockSize;
  const codes = Uint8Array.from({ length: count }, () => random.below(2 ** bits));
  const scales = Float32Array.from({ length: blocks }, () => 0.01 + 0.02 * random.next());
  const minimums = hasMinimums ? Float32Array.from({ length: blocks }, () => 0.1 * random.normal()) : null;
  const packed =
    bits === 8
      ? codes
      : Uint8Array.from(
          { length: count / 2 },
          (_, i) => (codes[2 * i] as number) | ((codes[2 * i + 1] as number) << 4),
        );
  const weights = Float64Array.from(codes, (code, i) => {
    const block = Math.floor(i / blockSize);
    return (scales[block] as number) * (code - 2 ** (bits - 1)) + (minimums?.[block] ?? 0);
  });
  return {
    weights,
    storage: {
      kind: 'blocks',
      bits,
      blockSize,
      codes: file.append(packed),
      scales: file.append(scales),
      minimums: minimums === null ? null : file.append(minimums),
      // With minimums the halves are given, without them the runtime has to work them out.
      ...(bits === 8 && hasMinimums ? { halves: halvesOf(file, codes) } : {}),
    },
  };
}

function halvesOf(file: WeightFile, codes: Uint8Array) {
  const half = (of: (code: number) => number) =>
    file.append(
      Uint8Array.from(
        { length: codes.length / 2 },
        (_, i) => of(codes[2 * i] as number) | (of(codes[2 * i + 1] as number) << 4),
      ),
    );
  return { high: half((code) => code >> 4), low: half((code) => code & 15) };
}

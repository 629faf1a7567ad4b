/** Every stored type against goldens of the `gguf` package (fixtures/make/ggufBlocks.py). */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { blockFormats } from '../../engine/files/dequantise/index.ts';
import { half } from '../../engine/files/dequantise/half.ts';
import type { StoredTensor, StoredType } from '../../engine/files/modelFiles.ts';
import { readBlocks, readFloat32 } from '../../engine/files/readTensor.ts';
import type { WeightBlocks } from '../../engine/files/readTensor.ts';
import { readSafetensors } from '../../engine/files/safetensors.ts';
import { isBlockType } from '../../engine/files/storedTypes.ts';

const file = fileURLToPath(new URL('../../fixtures/blocks/blocks.safetensors', import.meta.url));
const { tensors } = await readSafetensors(file);
const types = ['F16', 'BF16', 'F64', ...Object.keys(blockFormats)] as StoredType[];

function stored(type: StoredType): StoredTensor {
  const bytes = tensors.get(`${type}.bytes`);
  const values = tensors.get(`${type}.values`);
  if (bytes === undefined || values === undefined) throw new Error(`no golden for ${type}`);
  return { ...bytes, type, shape: values.shape };
}

async function golden(type: StoredType): Promise<Float32Array> {
  return readFloat32({ ...stored(type), ...tensors.get(`${type}.values`) });
}

/** w = scale (code - 2^(bits-1)) + minimum */
function rebuilt({ bits, blockSize, codes, scales, minimums }: WeightBlocks): number[] {
  const code = (i: number) => (bits === 8 ? (codes[i] ?? NaN) : ((codes[i >> 1] ?? NaN) >> (4 * (i & 1))) & 15);
  return Array.from({ length: scales.length * blockSize }, (_, i) => {
    const block = Math.floor(i / blockSize);
    return (scales[block] ?? NaN) * (code(i) - 2 ** (bits - 1)) + (minimums?.[block] ?? 0);
  });
}

describe('stored types', () => {
  it.each(types)('%s dequantises to the golden values, bit for bit', async (type) => {
    expect(await readFloat32(stored(type))).toEqual(await golden(type));
  });

  it.each(types.filter(isBlockType))('%s kept as blocks rebuilds the same values up to rounding', async (type) => {
    const blocks = await readBlocks(stored(type));
    const [values, expected] = [rebuilt(blocks), await golden(type)];
    expect(values.length).toBe(expected.length);
    const size = (block: number) =>
      2 ** (blocks.bits - 1) * Math.abs(blocks.scales[block] ?? 0) + Math.abs(blocks.minimums?.[block] ?? 0);
    values.forEach((value, i) => {
      const tolerance = 2 ** -23 * size(Math.floor(i / blocks.blockSize));
      expect(Math.abs(value - (expected[i] ?? NaN))).toBeLessThanOrEqual(tolerance);
    });
  });

  it('a half float is exact at its corners', () => {
    const corners = [0x0000, 0x8000, 0x0001, 0x03ff, 0x0400, 0x3c00, 0xbc00, 0x7bff, 0x7c00, 0xfc00];
    const expected = [0, -0, 2 ** -24, 1023 * 2 ** -24, 2 ** -14, 1, -1, 65504, Infinity, -Infinity];
    expect(corners.map(half)).toEqual(expected);
    expect(half(0x7e00)).toBeNaN();
  });
});

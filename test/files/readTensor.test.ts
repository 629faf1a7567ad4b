/** Reading rows of stored tensors whose order or values a converter has changed. */
import { truncateSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { StoredChange, StoredTensor } from '../../engine/files/modelFiles.ts';
import { describeBytes, hasBlocks, readBlocks, readFloat32 } from '../../engine/files/readTensor.ts';
import type { WeightBlocks } from '../../engine/files/readTensor.ts';
import { seededRandom } from '../../engine/tensor/random.ts';
import { faultOf, put, temporaryFolder } from './temporary.ts';

const folder = temporaryFolder();
const random = seededRandom(5);
/** 24 rows of two Q4_1 blocks each; the constants are small finite halves. */
const bytes = Uint8Array.from({ length: 24 * 40 }, (_, i) => (i % 20 === 1 || i % 20 === 3 ? 0x24 : random.below(256)));
const file = put(folder, 'blocks', Buffer.concat([Buffer.alloc(7), bytes, Buffer.from('tail')]));

function stored(change?: StoredChange, shape: readonly number[] = [24, 64]): StoredTensor {
  const tensor = { name: 'w', type: 'Q4_1' as const, shape, file, offset: 7, length: bytes.length };
  return change === undefined ? tensor : { ...tensor, stored: change };
}

const plain = await readFloat32(stored());
const row = (values: Float32Array, index: number) => values.subarray(64 * index, 64 * index + 64);

/** Rows of the result as rows of the file. */
async function orderOf(change: StoredChange): Promise<number[]> {
  const values = await readFloat32(stored(change));
  return Array.from({ length: 24 }, (_, index) => {
    const wanted = row(values, index).join();
    return Array.from({ length: 24 }, (_, from) => row(plain, from).join()).indexOf(wanted);
  });
}

function rebuilt({ codes, scales, minimums }: WeightBlocks): Float32Array {
  return Float32Array.from({ length: scales.length * 32 }, (_, i) => {
    const code = ((codes[i >> 1] ?? NaN) >> (4 * (i & 1))) & 15;
    return (scales[i >> 5] ?? NaN) * (code - 8) + (minimums?.[i >> 5] ?? NaN);
  });
}

const changes: readonly StoredChange[] = [
  { kind: 'interleavedRows', heads: 3 },
  { kind: 'partedRows', heads: 4, kvHeads: 2 },
];

describe('a stored change', () => {
  it('of interleaved rows puts the halves of each head together again', async () => {
    const head = [0, 2, 4, 6, 1, 3, 5, 7];
    const expected = [0, 8, 16].flatMap((first) => head.map((within) => first + within));
    expect(await orderOf({ kind: 'interleavedRows', heads: 3 })).toEqual(expected);
  });

  it('of parted rows puts queries, key and value of each group together again', async () => {
    // 8 units of 3 rows: queries 0 to 3, keys 4 and 5, values 6 and 7.
    const units = [0, 1, 4, 6, 2, 3, 5, 7];
    const expected = units.flatMap((unit) => [3 * unit, 3 * unit + 1, 3 * unit + 2]);
    expect(await orderOf({ kind: 'partedRows', heads: 4, kvHeads: 2 })).toEqual(expected);
  });

  it('of a transposed matrix turns it back', async () => {
    const values = await readFloat32(stored({ kind: 'transposed' }, [64, 24]));
    const expected = Float32Array.from(values, (_, i) => plain[(i % 24) * 64 + Math.floor(i / 24)] ?? NaN);
    expect(values).toEqual(expected);
    expect(await readFloat32(stored({ kind: 'transposed' }, [64, 24]), [5, 9])).toEqual(expected.slice(5 * 24, 9 * 24));
  });

  it.each(changes)('of $kind is undone for any range of rows, as values and as blocks', async (change) => {
    const whole = await readFloat32(stored(change));
    for (const [from, to] of [
      [0, 24],
      [3, 4],
      [5, 14],
      [7, 7],
      [20, 24],
    ] as const) {
      expect(await readFloat32(stored(change), [from, to])).toEqual(whole.slice(64 * from, 64 * to));
      const blocks = rebuilt(await readBlocks(stored(change), [from, to]));
      expect(blocks.length).toBe(64 * (to - from));
      blocks.forEach((value, i) => expect(value).toBeCloseTo(whole[64 * from + i] ?? NaN, 6));
    }
  });

  it('of a constant is subtracted', async () => {
    const one = put(folder, 'ones', new Uint8Array(Float32Array.of(1, 3, 0.5).buffer));
    const norm: StoredTensor = { name: 'norm', type: 'F32', shape: [3], file: one, offset: 0, length: 12 };
    expect(await readFloat32({ ...norm, stored: { kind: 'plus', constant: 1 } })).toEqual(Float32Array.of(0, 2, -0.5));
  });

  it('decides whether a tensor can be kept as blocks', async () => {
    expect([stored(), ...changes.map((change) => stored(change))].map(hasBlocks)).toEqual([true, true, true]);
    expect(hasBlocks(stored({ kind: 'transposed' }, [64, 24]))).toBe(false);
    expect(hasBlocks({ ...stored(), type: 'F16' })).toBe(false);
    await expect(readBlocks(stored({ kind: 'transposed' }, [64, 24]))).rejects.toThrow(RangeError);
  });
});

describe('a tensor', () => {
  it('larger than one piece is read whole', async () => {
    const values = Float32Array.from({ length: 3 << 20 }, (_, i) => i % 1000003);
    const big = put(folder, 'big', new Uint8Array(values.buffer));
    const tensor: StoredTensor = {
      name: 'big',
      type: 'F32',
      shape: [3 << 10, 1 << 10],
      file: big,
      offset: 0,
      length: 12 << 20,
    };
    expect(Buffer.compare(new Uint8Array((await readFloat32(tensor)).buffer), new Uint8Array(values.buffer))).toBe(0);
  });

  it('is described by type, shape and place', () => {
    expect(describeBytes(stored())).toBe('Q4_1 [24, 64], 960 bytes at 7 of blocks');
  });

  it('in a file that has become shorter, or is gone, is a Fault that names it', async () => {
    const short = put(folder, 'short', bytes);
    truncateSync(short, 500);
    expect(await faultOf(() => readFloat32({ ...stored(), file: short, offset: 0 }))).toContain(
      'the file has become shorter',
    );
    expect(await faultOf(() => readFloat32({ ...stored(), file: `${short}.gone` }))).toContain('cannot be opened');
  });

  it('has no rows outside its own', async () => {
    await expect(readFloat32(stored(), [0, 25])).rejects.toThrow('rows 0 to 25 are not within its 24');
  });
});

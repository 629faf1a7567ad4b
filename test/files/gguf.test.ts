/** GGUF headers: what is read, and what a lying one is told. */
import { appendFileSync, truncateSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readGguf } from '../../engine/files/gguf.ts';
import { faultOf, put, temporaryFolder } from './temporary.ts';
import { float32Tensor, ggufBytes } from './writeGguf.ts';

const folder = temporaryFolder();
const file = {
  metadata: {
    'general.architecture': { text: 'llama' },
    count: { u32: 7 },
    signed: { i32: -7 },
    ratio: { f32: 0.5 },
    precise: { f64: 0.1 },
    yes: { bool: true },
    big: { u64: 2n ** 60n + 1n },
    words: { texts: ['a', '\ufeffb', 'Ġc'] },
    scores: { f32s: [1, -0.5] },
    nested: { nested: [[1, 2], [], [3]] },
  },
  tensors: [float32Tensor('one', [2, 3], [1, 2, 3, 4, 5, 6]), float32Tensor('two', [5], [9, 8, 7, 6, 5])],
};
const whole = ggufBytes(file);

/** The file with one part of its bytes replaced, as a path. */
function changed(find: Uint8Array | string, replace: Uint8Array | string): string {
  const at = whole.indexOf(find);
  if (at < 0) throw new Error('not in the file');
  const length = Buffer.from(find).length;
  return put(
    folder,
    'changed.gguf',
    Buffer.concat([whole.subarray(0, at), Buffer.from(replace), whole.subarray(at + length)]),
  );
}

describe('a GGUF header', () => {
  it.each([2, 3])('of version %i gives metadata of every type and the tensor table', (version) => {
    const read = readGguf(put(folder, 'whole.gguf', ggufBytes({ ...file, version })));
    expect(read.version).toBe(version);
    expect(Object.fromEntries(read.metadata)).toEqual({
      'general.architecture': 'llama',
      count: 7,
      signed: -7,
      ratio: 0.5,
      precise: 0.1,
      yes: true,
      big: 2n ** 60n + 1n,
      words: ['a', '\ufeffb', 'Ġc'],
      scores: [1, -0.5],
      nested: [[1, 2], [], [3]],
    });
    expect([...read.tensors.values()].map(({ name, shape, type, length }) => [name, shape, type, length])).toEqual([
      ['one', [2, 3], 'F32', 24],
      ['two', [5], 'F32', 20],
    ]);
  });

  it('is refused where the magic, the version or the byte order is another', async () => {
    expect(await faultOf(() => readGguf(changed('GGUF', 'GGML')))).toContain('expected "GGUF"');
    const version = (number: number) => put(folder, 'version.gguf', ggufBytes({ ...file, version: number }));
    expect(await faultOf(() => readGguf(version(1)))).toContain('expected 2 or 3, got 1');
    expect(await faultOf(() => readGguf(version(0x03000000)))).toContain('big endian');
  });

  it('is refused where a tensor or a key appears twice', async () => {
    expect(await faultOf(() => readGguf(changed('two', 'one')))).toContain('"one" appears twice');
    expect(await faultOf(() => readGguf(changed('words', 'count')))).toContain('"count" appears twice');
  });

  it('is refused at every length that is too short, saying where it ends', async () => {
    const path = put(folder, 'short.gguf', whole);
    for (let length = whole.length - 33; length >= 0; length -= 7) {
      truncateSync(path, length);
      expect(await faultOf(() => readGguf(path))).toMatch(/ends inside|does not fit|outside the file/);
      put(folder, 'short.gguf', whole);
    }
  });

  it('is refused where a count is larger than the file could hold', async () => {
    const huge = Buffer.alloc(8, 0xff);
    const counts = Buffer.concat([whole.subarray(0, 8), huge, whole.subarray(16)]);
    expect(await faultOf(() => readGguf(put(folder, 'huge.gguf', counts)))).toContain('tensor count does not fit');
    const words = Buffer.from(whole);
    huge.copy(words, whole.indexOf('words') + 'words'.length + 8);
    expect(await faultOf(() => readGguf(put(folder, 'huge.gguf', words)))).toContain('length of "words" does not fit');
  });

  it('is refused where tensors overlap, lie outside the file, are misaligned or of an unknown type', async () => {
    const at = whole.indexOf('two') + 3 + 4 + 8;
    const edit = (from: number, value: bigint) => {
      const bytes = Buffer.from(whole);
      bytes.writeBigUInt64LE(value, from);
      return put(folder, 'edit.gguf', bytes);
    };
    expect(await faultOf(() => readGguf(edit(at + 4, 0n)))).toContain('"one" and "two" overlap');
    expect(await faultOf(() => readGguf(edit(at + 4, 1n << 40n)))).toContain('outside the file');
    expect(await faultOf(() => readGguf(edit(at + 4, 33n)))).toContain('a multiple of 32');
    expect(await faultOf(() => readGguf(edit(at - 8, 1n << 62n)))).toContain('axis size');
    const typed = Buffer.from(whole);
    typed.writeUInt32LE(16, at);
    expect(await faultOf(() => readGguf(put(folder, 'typed.gguf', typed)))).toContain('got IQ2_XXS');
    typed.writeUInt32LE(3, at);
    expect(await faultOf(() => readGguf(put(folder, 'typed.gguf', typed)))).toContain(
      'a multiple of 32 for Q4_1, got 5',
    );
  });

  it('may be followed by bytes that belong to no tensor', () => {
    const path = put(folder, 'longer.gguf', whole);
    appendFileSync(path, 'more');
    expect(readGguf(path).tensors.size).toBe(2);
  });
});

/** Safetensors: round trips, lying tables, shards, and files that appear whole or not at all. */
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openFolder } from '../../engine/files/folder.ts';
import { readFloat32 } from '../../engine/files/readTensor.ts';
import { readSafetensors } from '../../engine/files/safetensors.ts';
import { readShards } from '../../engine/files/shards.ts';
import { writeAtomically } from '../../engine/files/writeAtomically.ts';
import { writeSafetensors } from '../../engine/files/writeSafetensors.ts';
import { faultOf, put, temporaryFolder } from './temporary.ts';

const folder = temporaryFolder();
const weight = { name: 'weight', shape: [2, 3], data: Float32Array.of(1, -2, 3, 0.5, 1e-40, 6) };
const ids = { name: 'ids', shape: [2], data: BigInt64Array.of(7n, -1n) };

/** A safetensors file with this table, and `dataBytes` zero bytes of data. */
function table(header: unknown, dataBytes: number): string {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return put(folder, 'table.safetensors', Buffer.concat([length, json, Buffer.alloc(dataBytes)]));
}

const entry = (begin: number, end: number, dtype = 'F32', shape: unknown = [(end - begin) / 4]) => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

describe('a safetensors file', () => {
  it('that is written is read back, with its metadata', async () => {
    const path = join(folder, 'round.safetensors');
    await writeSafetensors(path, [weight, ids], { site: 'q', note: 'Ġ"x"' });
    const { tensors, metadata } = await readSafetensors(path);
    expect(metadata).toEqual({ site: 'q', note: 'Ġ"x"' });
    const [read, integers] = [tensors.get('weight'), tensors.get('ids')];
    if (read === undefined || integers === undefined) throw new Error('a tensor is missing');
    expect(await readFloat32(read)).toEqual(weight.data);
    expect(await readFloat32(read, [1, 2])).toEqual(weight.data.slice(3));
    expect([integers.type, integers.shape, integers.offset % 8, read.offset % 4]).toEqual(['I64', [2], 0, 0]);
    expect(await faultOf(() => readFloat32(integers))).toContain('weights are integers');
  });

  it('may have holes and empty tensors', async () => {
    const path = table({ a: entry(0, 8), b: entry(16, 24), none: entry(8, 8, 'F32', [0, 4]) }, 24);
    const { tensors } = await readSafetensors(path);
    expect([...tensors.keys()]).toEqual(['a', 'b', 'none']);
    expect(await readFloat32(tensors.get('none') ?? fail())).toEqual(new Float32Array(0));
  });

  it.each([
    ['overlaps', { a: entry(0, 8), b: entry(4, 12) }, '"a" and "b" overlap'],
    ['lies outside the file', { a: entry(0, 16) }, 'two increasing offsets up to 12'],
    ['has offsets that go backwards', { a: entry(8, 4, 'F32', [1]) }, 'two increasing offsets'],
    ['has offsets that are not whole numbers', { a: entry(0.5, 4.5) }, 'two increasing offsets'],
    ['has fewer bytes than its shape says', { a: entry(0, 8, 'F32', [3]) }, 'F32 [3]: expected 12 bytes, got 8'],
    ['has a shape that overflows', { a: entry(0, 8, 'F32', [2 ** 40, 2 ** 40]) }, 'expected 4.8'],
    ['has a negative size', { a: entry(0, 8, 'F32', [-2]) }, 'an array of sizes'],
    ['is of a type that is not read', { a: entry(0, 8, 'F8_E4M3', [8]) }, 'got F8_E4M3'],
    ['has no table entry', { a: null }, 'table entry'],
    ['appears twice', '{"a": {"dtype":"F32","shape":[1],"data_offsets":[0,4]}, "\\u0061": {}}', '"a" appears twice'],
  ])('is refused where a tensor %s', async (_, header, message) => {
    expect(await faultOf(() => readSafetensors(table(header, 12)))).toContain(message);
  });

  it.each([
    ['is empty', Buffer.alloc(0), 'got an empty file'],
    ['is too short', Buffer.from([2, 0, 0]), 'got 3 bytes'],
    ['says more header than it has', Buffer.from([255, 0, 0, 0, 0, 0, 0, 0, 123]), 'header length'],
    ['has a header that is not JSON', Buffer.from([3, 0, 0, 0, 0, 0, 0, 0, 123, 34, 34]), 'not valid JSON'],
    ['has a header that is not an object', Buffer.from([2, 0, 0, 0, 0, 0, 0, 0, 91, 93]), 'not a JSON object'],
    ['has a header that is not UTF-8', Buffer.from([2, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe]), 'not UTF-8'],
  ])('is refused where it %s', async (_, bytes, message) => {
    expect(await faultOf(() => readSafetensors(put(folder, 'bad.safetensors', bytes)))).toContain(message);
  });

  it('names the tensor and the index of a value that is not finite', async () => {
    const path = join(folder, 'nan.safetensors');
    await writeSafetensors(path, [{ name: 'w', shape: [2, 2], data: Float32Array.of(1, 2, 3, NaN) }]);
    const tensor = (await readSafetensors(path)).tensors.get('w') ?? fail();
    expect(await faultOf(() => readFloat32(tensor))).toMatch(/tensor "w": value 3 is not finite: .*NaN/);
    expect(await faultOf(() => readFloat32(tensor, [1, 2]))).toContain('value 3 is not finite');
  });
});

describe('shards', () => {
  async function shards(weightMap: unknown): Promise<string> {
    const at = join(folder, `shards${readdirSync(folder).length}`);
    mkdirSync(at);
    await writeSafetensors(join(at, 'a.safetensors'), [{ ...weight, name: 'one' }]);
    await writeSafetensors(join(at, 'b.safetensors'), [{ ...weight, name: 'two' }]);
    put(at, 'model.safetensors.index.json', JSON.stringify({ weight_map: weightMap }));
    return at;
  }
  const open = async (at: string) => readShards(await openFolder(at), 'model.safetensors.index.json');

  it('are joined by their index', async () => {
    const tensors = await open(await shards({ one: 'a.safetensors', two: 'b.safetensors' }));
    expect([...tensors.keys()]).toEqual(['one', 'two']);
  });

  it.each([
    ['is missing', { one: 'c.safetensors' }, 'expected c.safetensors, got no such file'],
    ['is named by a path', { one: '../a.safetensors' }, 'leaves the folder'],
    ['is named by an absolute path', { one: '/a.safetensors' }, 'leaves the folder'],
    ['is not safetensors', { one: 'a.bin' }, 'a .safetensors name, got a.bin'],
    ['lacks a tensor', { one: 'a.safetensors', three: 'a.safetensors' }, 'no tensor "three"'],
    ['holds what belongs to another', { one: 'b.safetensors', two: 'a.safetensors' }, 'lies in two shards'],
  ])('are refused where one %s', async (_, weightMap, message) => {
    const at = await shards(weightMap);
    expect(await faultOf(() => open(at))).toContain(message);
  });

  it('are refused where a link leaves the folder', async () => {
    const at = await shards({ one: 'link.safetensors' });
    symlinkSync(put(folder, 'elsewhere.safetensors', 'x'), join(at, 'link.safetensors'));
    expect(await faultOf(() => open(at))).toContain('a link that leaves the folder');
  });
});

describe('writing', () => {
  it('refuses a file that exists, unless told, and leaves nothing beside it', async () => {
    const path = put(folder, 'kept.safetensors', 'old');
    expect(await faultOf(() => writeSafetensors(path, [weight]))).toContain('exists already');
    await writeSafetensors(path, [weight], {}, { overwrite: true });
    expect((await readSafetensors(path)).tensors.size).toBe(1);
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('says that the folder is a file, is missing, or that the target is a folder', async () => {
    const file = put(folder, 'file', '');
    expect(await faultOf(() => writeSafetensors(join(file, 'x'), [weight]))).toContain('is a file, not a folder');
    expect(await faultOf(() => writeSafetensors(join(folder, 'no', 'x'), [weight]))).toContain('folder does not exist');
    expect(await faultOf(() => writeSafetensors(folder, [weight]))).toContain('got a folder');
  });

  it.skipIf(!existsSync('/dev/full'))('says that the disk is full (left out where there is no /dev/full)', async () => {
    expect(await faultOf(() => writeSafetensors('/dev/full', [weight]))).toContain('the disk is full');
  });

  it('leaves no file where the content fails half way', async () => {
    const path = join(folder, 'half.json');
    const content = function* () {
      yield Buffer.from('{');
      throw new TypeError('no more');
    };
    await expect(writeAtomically(path, content())).rejects.toThrow('no more');
    expect(readdirSync(folder).filter((name) => name.includes('half.json'))).toEqual([]);
  });
});

function fail(): never {
  throw new Error('a tensor is missing');
}

import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { pull, type PullRequest } from '../../engine/files/pull.ts';
import { commit, FakeHub, type Behaviour, type FakeFile } from './fakeHub.ts';

const weights = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7919) % 251));
const config: FakeFile = { path: 'config.json', content: Buffer.from('{"model_type":"gpt2"}') };
const model: FakeFile = { path: 'model.safetensors', content: weights, large: true };
const usual = [
  config,
  model,
  { path: 'pytorch_model.bin', content: Buffer.from('pickle'), large: true },
  { path: 'onnx/model.safetensors', content: Buffer.from('x') },
  { path: 'README.md', content: Buffer.from('#') },
];
const patience = { stall: 2000, pause: 1, attempts: 3 };

let cacheFolder = '';
let hubs: FakeHub[] = [];

beforeEach(() => {
  cacheFolder = mkdtempSync(join(tmpdir(), 'headscope-pull-'));
  hubs = [];
});

afterEach(async () => {
  await Promise.all(hubs.map((hub) => hub.stop()));
  rmSync(cacheFolder, { recursive: true, force: true });
});

async function hubWith(behaviour: Partial<Behaviour>): Promise<FakeHub> {
  const hub = await FakeHub.start({ files: usual, ...behaviour });
  hubs.push(hub);
  return hub;
}

const from = (hub: FakeHub, more: Partial<PullRequest> = {}): PullRequest => ({
  repository: 'owner/name',
  cacheFolder,
  hubUrl: hub.url,
  token: '',
  patience,
  ...more,
});
const root = (): string => join(cacheFolder, 'models--owner--name');
const blobs = (): string[] => readdirSync(join(root(), 'blobs'));
const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

describe('pull', () => {
  it('puts what opening needs into the standard cache layout, and nothing else', async () => {
    const hub = await hubWith({});
    const { folder, files } = await pull(from(hub));
    expect(folder).toBe(join(root(), 'snapshots', commit));
    expect(files).toEqual(['config.json', 'model.safetensors']);
    expect(readdirSync(folder).sort()).toEqual(['config.json', 'model.safetensors']);
    expect(readFileSync(join(folder, 'model.safetensors')).equals(weights)).toBe(true);
    expect(lstatSync(join(folder, 'model.safetensors')).isSymbolicLink()).toBe(true);
    expect(readlinkSync(join(folder, 'model.safetensors'))).toBe(join('..', '..', 'blobs', sha256(weights)));
    expect(readFileSync(join(root(), 'refs', 'main'), 'utf8')).toBe(commit);
  });

  it('fetches nothing a second time', async () => {
    const hub = await hubWith({});
    await pull(from(hub));
    const before = hub.asked.length;
    await pull(from(hub));
    expect(hub.asked.slice(before).filter(({ url }) => url.includes('/resolve/'))).toEqual([]);
  });

  it('reports bytes and complete files', async () => {
    const hub = await hubWith({});
    const progress: number[] = [];
    const complete: string[] = [];
    await pull(
      from(hub, {
        onProgress: (done) => progress.push(done),
        onFile: (file, bytes) => complete.push(`${file} ${bytes}`),
      }),
    );
    expect(progress).toEqual([...progress].sort((one, other) => one - other));
    expect(progress.at(-1)).toBe(config.content.length + weights.length);
    expect(complete).toEqual([`config.json ${config.content.length}`, `model.safetensors ${weights.length}`]);
  });

  it('goes on where a broken connection left it', async () => {
    const hub = await hubWith({ files: [model], cuts: [100_000, 50_000] });
    const { folder } = await pull(from(hub));
    const ranges = hub.asked
      .filter(({ url }) => url.includes('/resolve/'))
      .map(({ range }) => Number(/\d+/.exec(range ?? '0')?.[0]));
    expect(ranges).toHaveLength(3);
    expect(ranges[0]).toBe(0);
    expect(ranges[2]).toBeGreaterThan(ranges[1] ?? Infinity);
    expect(readFileSync(join(folder, 'model.safetensors')).equals(weights)).toBe(true);
  });

  it('goes on in a later run, also where the hub ignores ranges', async () => {
    const broken = await hubWith({ files: [model], cuts: [100_000, 0, 0, 0, 0] });
    await expect(pull(from(broken))).rejects.toThrow(/owner\/name\/model.safetensors: the download keeps breaking off/);
    expect(blobs()).toEqual([`${sha256(weights)}.incomplete`]);
    expect(existsSync(join(root(), 'refs', 'main'))).toBe(false);
    const hub = await hubWith({ files: [model], ignoresRange: true });
    const { folder } = await pull(from(hub));
    expect(hub.asked.at(-1)?.range).toMatch(/^bytes=\d+-$/);
    expect(readFileSync(join(folder, 'model.safetensors')).equals(weights)).toBe(true);
  });

  it.each([
    ['of a large file', { ...model, announced: 'a'.repeat(64) }],
    ['of a small file', { ...model, large: false, announced: 'b'.repeat(40) }],
  ])('deletes a file whose checksum is wrong: %s', async (_, file) => {
    const hub = await hubWith({ files: [file] });
    await expect(pull(from(hub))).rejects.toThrow(
      /wrong checksum, so the file was deleted: expected (a{64}|b{40}), got [0-9a-f]+$/,
    );
    expect(blobs()).toEqual([]);
    expect(existsSync(join(root(), 'snapshots', commit))).toBe(false);
  });

  it('stops when it is told to, and keeps what has arrived', async () => {
    const hub = await hubWith({ files: [model], cuts: [100_000] });
    const controller = new AbortController();
    const stopped = pull(
      from(hub, { signal: controller.signal, onProgress: (done) => (done > 0 ? controller.abort() : undefined) }),
    );
    await expect(stopped).rejects.toThrow(/abort/i);
    expect(blobs()).toEqual([`${sha256(weights)}.incomplete`]);
  });

  it('gives up on a hub that sends nothing', async () => {
    const hub = await hubWith({ files: [model], cuts: [0, 0, 0, 0] });
    await expect(pull(from(hub))).rejects.toThrow(/keeps breaking off .*what has arrived is kept/);
  });

  it('follows to the storage without giving it the token', async () => {
    const storage = await hubWith({ files: [model] });
    const hub = await hubWith({
      files: [model],
      storage: () => storage.url.replace('127.0.0.1', 'localhost'),
      token: 'secret',
    });
    await pull(from(hub, { token: 'secret' }));
    expect(hub.asked.every(({ authorization }) => authorization === 'Bearer secret')).toBe(true);
    expect(storage.asked.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  it('reads a list of several pages from the hub it asked, whatever host the link names', async () => {
    const hub = await hubWith({ pageSize: 2 });
    expect((await pull(from(hub))).files).toEqual(['config.json', 'model.safetensors']);
    expect(hub.asked.filter(({ url }) => url.includes('/tree/'))).toHaveLength(3);
  });

  it('writes a ref for a branch with a slash, and none for a commit', async () => {
    const hub = await hubWith({});
    await pull(from(hub, { revision: 'refs/pr/1' }));
    expect(readFileSync(join(root(), 'refs', 'refs', 'pr', '1'), 'utf8')).toBe(commit);
    await pull(from(hub, { revision: commit }));
    expect(readdirSync(join(root(), 'refs'))).toEqual(['refs']);
  });

  it('fetches the files that are named, in folders too', async () => {
    const hub = await hubWith({});
    const { folder, files } = await pull(from(hub, { files: ['onnx/model.safetensors'] }));
    expect(files).toEqual(['onnx/model.safetensors']);
    expect(readFileSync(join(folder, 'onnx', 'model.safetensors'), 'utf8')).toBe('x');
  });

  it('fetches the only GGUF file of a repository', async () => {
    const hub = await hubWith({ files: [config, { path: 'm.Q4_1.gguf', content: weights, large: true }] });
    expect((await pull(from(hub))).files).toEqual(['m.Q4_1.gguf']);
  });
});

describe('pull is a fault', () => {
  const gguf = (path: string): FakeFile => ({ path, content: Buffer.from('GGUF'), large: true });
  const cases: readonly (readonly [string, Partial<Behaviour>, Partial<PullRequest>, RegExp])[] = [
    [
      'for a repository that is not there',
      { status: 404 },
      {},
      /owner\/name@main: the hub has no such repository, revision or file: got status 404/,
    ],
    [
      'for a gated one',
      { token: 'secret' },
      {},
      /asks for permission .*: expected a token in HF_TOKEN, got status 401/,
    ],
    [
      'for a token without access',
      { status: 403 },
      { token: 'other' },
      /expected a token in HF_TOKEN whose owner has been given access, got status 403/,
    ],
    ['for a hub in trouble', { status: 500 }, {}, /the hub refuses: got status 500/],
    [
      'for a file name that climbs out',
      { files: [{ path: '../../../evil.safetensors', content: weights }] },
      {},
      /a file whose name is not safe/,
    ],
    [
      'for an absolute file name',
      { files: [{ path: '/etc/evil.safetensors', content: weights }] },
      {},
      /a file whose name is not safe/,
    ],
    [
      'for a file name with backslashes',
      { files: [{ path: '..\\evil.safetensors', content: weights }] },
      {},
      /a file whose name is not safe/,
    ],
    [
      'for a checksum that is no file name',
      { files: [{ ...model, announced: '../../x' }] },
      {},
      /gives no checksum or size/,
    ],
    [
      'for pickles only',
      { files: [config, { path: 'pytorch_model.bin', content: weights }] },
      {},
      /no weights that can be opened safely: expected safetensors or GGUF, got pytorch_model.bin/,
    ],
    [
      'for a pickle that is named',
      {},
      { files: ['pytorch_model.bin'] },
      /files of this kind can run code and are not fetched/,
    ],
    [
      'for a named file that is not there',
      {},
      { files: ['x.safetensors'] },
      /owner\/name\/x.safetensors: no such file: expected one of config.json, model.safetensors/,
    ],
    [
      'for several GGUF files',
      { files: [gguf('a.gguf'), gguf('b.gguf')] },
      {},
      /several GGUF files: say which one: expected --file and one of a.gguf, b.gguf/,
    ],
    ['for a name that is none', {}, { repository: '../../etc' }, /not the name of a repository/],
    ['for a revision that climbs out', {}, { revision: '../../x' }, /not the name of a repository/],
    ['for an address that is none', {}, { hubUrl: 'file:///etc' }, /not the address of a hub/],
  ];
  it.each(cases)('%s', async (_, behaviour, request, message) => {
    const hub = await hubWith(behaviour);
    await expect(pull(from(hub, request))).rejects.toThrow(message);
    expect(existsSync(join(cacheFolder, '..', 'evil.safetensors'))).toBe(false);
  });

  it('where nothing answers', async () => {
    const hub = await hubWith({});
    const address = from(hub);
    await hub.stop();
    await expect(pull(address)).rejects.toThrow(/the hub can't be reached/);
  });

  it('where a file lies in the way of the folder', async () => {
    const hub = await hubWith({});
    writeFileSync(root(), 'in the way');
    await expect(pull(from(hub))).rejects.toThrow(/can't be written/);
  });

  it.skipIf(!existsSync('/dev/full'))('on a full disk, in plain words', async () => {
    const hub = await hubWith({ files: [model] });
    mkdirSync(join(root(), 'blobs'), { recursive: true });
    symlinkSync('/dev/full', join(root(), 'blobs', `${sha256(weights)}.incomplete`));
    await expect(pull(from(hub))).rejects.toThrow(/incomplete: can't be written \(ENOSPC/);
    expect(existsSync(join(root(), 'snapshots', commit))).toBe(false);
  });

  it('where a folder lies in the way of the file', async () => {
    const hub = await hubWith({ files: [model] });
    mkdirSync(join(root(), 'blobs', `${sha256(weights)}.incomplete`), { recursive: true });
    await expect(pull(from(hub))).rejects.toThrow(/can't be written/);
  });
});

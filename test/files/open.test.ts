/** Opening whatever lies at a path, and saying what it is where it is not a model. */
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openModelFiles } from '../../engine/files/open.ts';
import { verifyTensors } from '../../engine/files/verifyTensors.ts';
import { writeSafetensors } from '../../engine/files/writeSafetensors.ts';
import { faultOf, put, temporaryFolder } from './temporary.ts';
import { float32Tensor, ggufBytes } from './writeGguf.ts';

const root = temporaryFolder();
const environment = { ...process.env };
afterEach(() => {
  process.env = { ...environment };
});

function folder(...names: readonly string[]): string {
  const path = join(root, ...names);
  mkdirSync(path, { recursive: true });
  return path;
}

const config = { model_type: 'llama', hidden_size: 2 };

async function huggingFace(path: string, value = 1): Promise<string> {
  put(path, 'config.json', JSON.stringify(config));
  put(path, 'generation_config.json', '{"eos_token_id": 3}');
  await writeSafetensors(join(path, 'model.safetensors'), [
    { name: 'a', shape: [2000], data: new Float32Array(2000).fill(value) },
    { name: 'b', shape: [1], data: Float32Array.of(2) },
  ]);
  return path;
}

/** owner/tiny in a hub cache: a snapshot of links into blobs. */
async function hubCache(cache: string): Promise<string> {
  const repository = folder(cache, 'models--owner--tiny');
  const [blobs, snapshot] = [
    folder(cache, 'models--owner--tiny', 'blobs'),
    folder(cache, 'models--owner--tiny', 'snapshots', 'abc'),
  ];
  await huggingFace(blobs);
  for (const name of ['config.json', 'model.safetensors'])
    symlinkSync(join('..', '..', 'blobs', name), join(snapshot, name));
  put(folder(cache, 'models--owner--tiny', 'refs'), 'main', 'abc');
  return repository;
}

describe('a Hugging Face folder', () => {
  it('gives config, generation config, tensors and the reason why it has no tokenizer', async () => {
    const files = await openModelFiles(await huggingFace(folder('plain')));
    expect(files).toMatchObject({
      name: 'plain',
      format: 'safetensors',
      config,
      generationConfig: { eos_token_id: 3 },
    });
    expect([...files.tensors.keys()]).toEqual(['a', 'b']);
    expect(files.tokenizer).toMatchObject({ kind: 'none', reason: expect.stringContaining('no tokenizer.json') });
  });

  it('gives the tokenizer that it has, with its chat template and special tokens', async () => {
    const path = await huggingFace(folder('tokenized'));
    put(path, 'vocab.json', '{"a": 0}');
    put(path, 'merges.txt', '#version\na b');
    put(path, 'special_tokens_map.json', '{"bos_token": "<s>", "eos_token": "old"}');
    put(path, 'tokenizer_config.json', '{"eos_token": "</s>"}');
    put(path, 'added_tokens.json', '{"<x>": 5}');
    put(path, 'chat_template.jinja', '{{ messages }}');
    const expected = {
      bos_token: '<s>',
      eos_token: '</s>',
      chat_template: '{{ messages }}',
      added_tokens_decoder: { '5': { content: '<x>', special: false } },
    };
    const pair = { kind: 'vocabAndMerges', vocab: { a: 0 }, merges: '#version\na b', config: expected };
    expect((await openModelFiles(path)).tokenizer).toEqual(pair);
    put(path, 'tokenizer.json', '{"model": {}}');
    expect((await openModelFiles(path)).tokenizer).toEqual({
      kind: 'json',
      tokenizer: { model: {} },
      config: expected,
    });
  });

  it('opens from its safetensors file too', async () => {
    const path = join(await huggingFace(folder('byFile')), 'model.safetensors');
    expect(await openModelFiles(path)).toMatchObject({ path, config });
  });

  // 123 is an opening brace, 640 begins like a pickle.
  it.each([123, 640])(
    'opens from a safetensors file whose header of %i bytes begins like another kind of file',
    async (length) => {
      const path = await huggingFace(folder(`header ${length}`));
      const header = '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'.padEnd(length);
      const size = Buffer.alloc(8);
      size.writeBigUInt64LE(BigInt(length));
      const file = put(path, 'model.safetensors', Buffer.concat([size, Buffer.from(header), Buffer.alloc(4)]));
      expect([...(await openModelFiles(file)).tensors.keys()]).toEqual(['a']);
    },
  );

  it('says that weights or config are Git LFS pointers', async () => {
    const path = await huggingFace(folder('pointers'));
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:00';
    put(path, 'model.safetensors', pointer);
    expect(await faultOf(() => openModelFiles(path))).toContain(
      'model.safetensors: not a safetensors file: expected safetensors, got a Git LFS',
    );
    put(path, 'config.json', pointer);
    expect(await faultOf(() => openModelFiles(path))).toContain('config.json: a Git LFS pointer');
  });

  it('is refused where the config is missing, not JSON, or the weights are pickled', async () => {
    const path = folder('incomplete');
    expect(await faultOf(() => openModelFiles(path))).toContain('got an empty folder');
    put(path, 'config.json', '{"model_type"');
    expect(await faultOf(() => openModelFiles(path))).toContain('config.json: not valid JSON');
    put(path, 'config.json', '{}');
    put(path, 'pytorch_model.bin', 'PK\u0003\u0004');
    expect(await faultOf(() => openModelFiles(path))).toContain('pytorch_model.bin (a pickle, which is never opened)');
  });

  it('is refused where a file in it is a link to elsewhere', async () => {
    const path = folder('linked');
    symlinkSync(put(root, 'secret.json', '{}'), join(path, 'config.json'));
    expect(await faultOf(() => openModelFiles(path))).toContain('a link that leaves the folder');
  });
});

describe('the hub cache', () => {
  it('opens by its repository folder, by its snapshot of links, and by owner/name', async () => {
    const repository = await hubCache('cache');
    process.env['HF_HUB_CACHE'] = join(root, 'cache');
    for (const path of [repository, join(repository, 'snapshots', 'abc'), 'owner/tiny', 'owner/tiny@abc']) {
      const files = await openModelFiles(path);
      expect(files).toMatchObject({ path, name: 'owner/tiny', config });
      expect(files.tensors.get('a')?.file).toContain(join('blobs', 'model.safetensors'));
    }
  });

  it('says how to fetch what it lacks', async () => {
    process.env['HF_HUB_CACHE'] = join(root, 'cache');
    expect(await faultOf(() => openModelFiles('owner/absent'))).toContain('`headscope pull owner/absent` fetches it');
    expect(await faultOf(() => openModelFiles('../absent'))).toBe('../absent: no such file or folder');
  });

  it('is found by HF_HOME', async () => {
    await hubCache('home/hub');
    delete process.env['HF_HUB_CACHE'];
    process.env['HF_HOME'] = join(root, 'home');
    expect((await openModelFiles('owner/tiny')).config).toEqual(config);
  });
});

const gguf = ggufBytes({
  metadata: {
    'general.architecture': { text: 'llama' },
    'llama.block_count': { u32: 1 },
    'llama.context_length': { u32: 8 },
    'llama.embedding_length': { u32: 2 },
    'llama.feed_forward_length': { u32: 4 },
    'llama.attention.head_count': { u32: 1 },
    'llama.attention.layer_norm_rms_epsilon': { f32: 1e-5 },
  },
  tensors: [float32Tensor('token_embd.weight', [3, 2], [1, 2, 3, 4, 5, 6])],
});

describe('an LM Studio folder', () => {
  it('opens where it holds one model, and lists them where it holds several', async () => {
    const path = folder('publisher', 'model-GGUF');
    put(path, 'mmproj-model.gguf', gguf);
    put(path, 'model-Q4.gguf', gguf);
    expect(await openModelFiles(path)).toMatchObject({ path, name: 'model-Q4', format: 'gguf' });
    put(path, 'model-Q8.gguf', gguf);
    expect(await faultOf(() => openModelFiles(path))).toContain(
      'name one: expected one, got model-Q4.gguf, model-Q8.gguf',
    );
    expect(await faultOf(() => openModelFiles(join(root, 'publisher')))).toContain('folders with models: model-GGUF');
  });
});

describe('what is not a model', () => {
  it.each([
    ['model.bin', 'PK\u0003\u0004', 'a zip archive'],
    ['model.pt', Buffer.from([0x80, 2, 0x7d]), 'a Python pickle'],
    ['model.ggml', 'tjgg', 'an old ggml file'],
    ['model.gguf', 'version https://git-lfs.github.com/spec/v1\noid', 'a Git LFS pointer'],
    ['model.safetensors', '<!DOCTYPE html><html>', 'a web page'],
    ['empty.gguf', '', 'an empty file'],
    ['model.onnx', Buffer.from([8, 9, 0x12]), 'an ONNX graph'],
    ['config.json', '{"model_type": "llama"}', 'open its folder'],
    ['notes.txt', 'hello', 'begins with 0x68656c6c6f'],
  ])('%s is named for what it is', async (name, content, is) => {
    expect(await faultOf(() => openModelFiles(put(folder('kinds'), name, content)))).toContain(is);
  });

  it('is said of a path that does not exist or runs through a file', async () => {
    expect(await faultOf(() => openModelFiles(join(root, 'nowhere')))).toContain('no such file or folder');
    const file = put(root, 'a-file', 'x');
    expect(await faultOf(() => openModelFiles(join(file, 'x')))).toContain('is a file, not a folder');
  });
});

describe('a fingerprint', () => {
  it('is the same for the same content elsewhere, and changes with config, names and the edges of a weight', async () => {
    const path = await huggingFace(folder('print'));
    const { fingerprint } = await openModelFiles(path);
    cpSync(path, join(root, 'print copied'), { recursive: true });
    expect((await openModelFiles(join(root, 'print copied'))).fingerprint).toBe(fingerprint);
    const other = await openModelFiles(await huggingFace(folder('print other'), 1.0000001));
    expect(other.fingerprint).not.toBe(fingerprint);
    put(path, 'config.json', '{"hidden_size": 2,  "model_type": "llama"}');
    expect((await openModelFiles(path)).fingerprint).toBe(fingerprint);
    put(path, 'config.json', '{"hidden_size": 3, "model_type": "llama"}');
    expect((await openModelFiles(path)).fingerprint).not.toBe(fingerprint);
    expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('verifyTensors', () => {
  it('names every weight that is not finite, and counts the bytes it has seen', async () => {
    const path = await huggingFace(folder('verified'));
    expect(await verifyTensors(await openModelFiles(path))).toEqual([]);
    await writeSafetensors(
      join(path, 'model.safetensors'),
      [
        { name: 'good', shape: [4], data: new Float32Array(4) },
        { name: 'nan', shape: [1, 4], data: Float32Array.of(0, 0, NaN, 0) },
        { name: 'ids', shape: [1], data: BigInt64Array.of(3n) },
        { name: 'inf', shape: [2], data: Float32Array.of(-Infinity, 0) },
      ],
      {},
      { overwrite: true },
    );
    const seen: number[] = [];
    const faults = await verifyTensors(await openModelFiles(path), (done, total) => seen.push(done / total));
    expect(faults.map(({ message }) => message.slice(message.indexOf('tensor "')))).toEqual([
      'tensor "nan": value 2 is not finite: expected a number, got NaN',
      'tensor "inf": value 0 is not finite: expected a number, got -Infinity',
    ]);
    expect(seen.at(-1)).toBe(1);
  });

  it('stops when it is told to', async () => {
    const files = await openModelFiles(await huggingFace(folder('stopped')));
    await expect(verifyTensors(files, undefined, AbortSignal.abort())).rejects.toThrow('abort');
  });
});

/**
 * Damaged headers: every mutant of a GGUF and a safetensors file ends with success or a Fault, quickly, and without taking
 * memory that the file could not justify. HEADSCOPE_LONG=1 runs ten times as many.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openModelFiles } from '../../engine/files/open.ts';
import { hasBlocks, readBlocks, readFloat32 } from '../../engine/files/readTensor.ts';
import { isIntegerType } from '../../engine/files/storedTypes.ts';
import { writeSafetensors } from '../../engine/files/writeSafetensors.ts';
import { Fault } from '../../engine/terms/fault.ts';
import type { Random } from '../../engine/tensor/random.ts';
import { seededRandom } from '../../engine/tensor/random.ts';
import { put, temporaryFolder } from './temporary.ts';
import { float32Tensor, ggufBytes } from './writeGguf.ts';

const mutants = process.env['HEADSCOPE_LONG'] === '1' ? 20_000 : 2_000;
const folder = temporaryFolder();
const mebibyte = 1 << 20;

const edges = [
  0n,
  1n,
  0xffn,
  0xffffn,
  0x7fffffffn,
  0xffffffffn,
  1n << 40n,
  (1n << 53n) - 1n,
  1n << 63n,
  (1n << 64n) - 1n,
];

type Mutation = (bytes: Buffer, random: Random, header: number) => Buffer;

const mutations: Readonly<Record<string, Mutation>> = {
  truncate: (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  flipBits: (bytes, random, header) => {
    for (let times = 1 + random.below(4); times > 0; times--) {
      const at = random.below(header);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    }
    return bytes;
  },
  setByte: (bytes, random, header) => {
    bytes[random.below(header)] = random.below(256);
    return bytes;
  },
  setLength: (bytes, random, header) => {
    bytes.writeBigUInt64LE(random.pick(edges), random.below(Math.max(1, header - 8)));
    return bytes;
  },
  setCount: (bytes, random, header) => {
    bytes.writeUInt32LE(Number(random.pick(edges) & 0xffffffffn), random.below(Math.max(1, header - 4)));
    return bytes;
  },
  setDigit: (bytes, random, header) => {
    const digits = [...bytes.subarray(0, header).keys()].filter((at) =>
      /[0-9]/.test(String.fromCharCode(bytes[at] ?? 0)),
    );
    if (digits.length > 0)
      bytes.write(random.pick(['9', '0', '-', '.', 'e', '"', '[', '}']), random.pick(digits), 'latin1');
    return bytes;
  },
  remove: (bytes, random, header) => {
    const from = random.below(header);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + 1 + random.below(16))]);
  },
  repeat: (bytes, random, header) => {
    const [from, length] = [random.below(header), 1 + random.below(64)];
    return Buffer.concat([bytes.subarray(0, from + length), bytes.subarray(from)]);
  },
};

function mutate(original: Buffer, random: Random, header: number): { readonly kind: string; readonly bytes: Buffer } {
  const kind = random.pick(Object.keys(mutations));
  return { kind, bytes: mutations[kind]?.(Buffer.from(original), random, header) ?? original };
}

/** Opens the model and reads every tensor in every way; `fault` or `read`, anything else is thrown. */
async function outcome(path: string): Promise<'fault' | 'read'> {
  try {
    const { tensors } = await openModelFiles(path);
    for (const tensor of tensors.values()) {
      if (isIntegerType(tensor.type)) continue;
      await readFloat32(tensor);
      if (hasBlocks(tensor)) await readBlocks(tensor);
    }
    return 'read';
  } catch (error) {
    if (error instanceof Fault) return 'fault';
    throw error;
  }
}

async function survive(path: string, name: string, original: Buffer, header: number, count: number, seed: number) {
  const random = seededRandom(seed);
  const seen = { fault: 0, read: 0 };
  const before = process.resourceUsage().maxRSS;
  for (let number = 0; number < count; number++) {
    const { kind, bytes } = mutate(original, random, header);
    put(folder, name, bytes);
    const start = performance.now();
    const ended = await outcome(path).catch((error: unknown) => {
      throw new Error(`mutant ${number} of seed ${seed} (${kind})`, { cause: error });
    });
    expect(performance.now() - start, `mutant ${number} of seed ${seed} (${kind}) hangs`).toBeLessThan(5000);
    seen[ended]++;
  }
  // In KiB. The files are a few KB: what grows is the runtime's own garbage.
  expect((process.resourceUsage().maxRSS - before) / 1024).toBeLessThan(300);
  expect(seen.fault).toBeGreaterThan(count / 10);
  expect(seen.read).toBeGreaterThan(count / 100);
}

function ggufModel(architecture: string): Buffer {
  const key = (name: string) => `${architecture}.${name}`;
  const norm = (name: string) => float32Tensor(name, [32], new Float32Array(32).fill(0.5));
  const half = Buffer.from([0x00, 0x3c]);
  const blocks = (name: string, rows: number) => {
    const block = Buffer.concat([half, half, Buffer.alloc(16, 0x5a)]);
    return { name, type: 3, shape: [rows, 32], bytes: Buffer.concat(Array.from({ length: rows }, () => block)) };
  };
  return ggufBytes({
    metadata: {
      'general.architecture': { text: architecture },
      [key('block_count')]: { u32: 1 },
      [key('context_length')]: { u32: 64 },
      [key('embedding_length')]: { u32: 32 },
      [key('feed_forward_length')]: { u32: 64 },
      [key('attention.head_count')]: { u32: 4 },
      [key('attention.head_count_kv')]: { u32: 2 },
      [key('attention.layer_norm_rms_epsilon')]: { f32: 1e-5 },
      [key('rope.freq_base')]: { f32: 10000 },
      'tokenizer.ggml.tokens': { texts: ['a', 'b', 'ab'] },
      'tokenizer.ggml.scores': { f32s: [0, 1, 2] },
      'tokenizer.ggml.merges': { texts: ['a b'] },
    },
    tensors: [
      blocks('token_embd.weight', 3),
      norm('output_norm.weight'),
      blocks('blk.0.attn_q.weight', 32),
      blocks('blk.0.attn_k.weight', 16),
      norm('blk.0.ffn_norm.weight'),
    ],
  });
}

describe('a damaged header', () => {
  it.each(['llama', 'gemma2'])('of a GGUF file (%s) is read or refused', async (architecture) => {
    const name = `${architecture}.gguf`;
    const original = ggufModel(architecture);
    const path = put(folder, name, original);
    expect(await outcome(path)).toBe('read');
    const header = original.indexOf('blk.0.ffn_norm.weight') + 60;
    await survive(path, name, original, header, mutants / 4, architecture.length);
  });

  it('of a safetensors file is read or refused', async () => {
    mkdirSync(join(folder, 'plain'));
    put(folder, 'plain/config.json', '{"model_type": "llama"}');
    const path = join(folder, 'plain', 'model.safetensors');
    const matrix = { shape: [4, 8], data: new Float32Array(32).fill(0.25) };
    await writeSafetensors(
      path,
      [
        { name: 'one', ...matrix },
        { name: 'two', ...matrix },
      ],
      { note: 'text' },
    );
    const original = readFileSync(path);
    await survive(path, 'plain/model.safetensors', original, original.length - 256, mutants / 4, 3);
  });

  it('of a shard index or a config is read or refused', async () => {
    mkdirSync(join(folder, 'sharded'));
    const at = (name: string) => join(folder, 'sharded', name);
    const matrix = { shape: [4, 8], data: new Float32Array(32).fill(0.25) };
    await writeSafetensors(at('a.safetensors'), [{ name: 'one', ...matrix }]);
    await writeSafetensors(at('b.safetensors'), [{ name: 'two', ...matrix }]);
    const index = Buffer.from('{"metadata": {}, "weight_map": {"one": "a.safetensors", "two": "b.safetensors"}}');
    const config = Buffer.from(
      '{"model_type": "llama", "hidden_size": 32, "rope_scaling": {"factor": 8.0, "type": "linear"}}',
    );
    put(folder, 'sharded/config.json', config);
    await survive(at(''), 'sharded/model.safetensors.index.json', index, index.length, mutants / 8, 4);
    put(folder, 'sharded/model.safetensors.index.json', index);
    await survive(at(''), 'sharded/config.json', config, config.length, mutants / 8, 5);
  });

  it('that claims gigabytes takes no memory for them', async () => {
    const original = ggufModel('llama');
    const before = process.resourceUsage().maxRSS;
    for (let at = 8; at < 600; at++) {
      for (const claim of [1n << 31n, 1n << 36n]) {
        const bytes = Buffer.from(original);
        bytes.writeBigUInt64LE(claim, at);
        await outcome(put(folder, 'claims.gguf', bytes));
      }
    }
    expect((process.resourceUsage().maxRSS - before) * 1024).toBeLessThan(200 * mebibyte);
  });
});

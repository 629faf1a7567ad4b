import { readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { streamSafetensors } from '../../../engine/files/streamSafetensors.ts';
import type { Activations, Model } from '../../../engine/run/index.ts';
import { openModel } from '../../../engine/run/index.ts';
import { Fault } from '../../../engine/terms/fault.ts';
import type { ActivationRequest } from '../../../sae/activations/activationPools.ts';
import { ActivationPools } from '../../../sae/activations/activationPools.ts';
import { PoolFiles } from '../../../sae/formats/poolFiles.ts';
import { temporaryFolder } from '../../files/temporary.ts';

const tinyHeads = fileURLToPath(new URL('../../../fixtures/models/tiny-heads', import.meta.url));
const folder = temporaryFolder();
/** Of 30 tokens, the first of which gives no row: 29 rows each. */
const windows = Array.from({ length: 12 }, (_, w) =>
  Array.from({ length: 30 }, (__, i) => 5 + ((w * 31 + i * 7) % 900)),
);
const places = [
  { site: 'z', layer: 1, head: 2 },
  { site: 'attnOut', layer: 2, head: null },
] as const;
const width = 32 + 128;
const poolBytes = 4 * 29 * width * 4;

let model: Model;
beforeAll(async () => {
  model = await openModel(tinyHeads);
});
afterAll(() => model.dispose());

function request(name: string, asked: Partial<ActivationRequest> = {}): ActivationRequest {
  const store = new PoolFiles(join(folder, name));
  const sizes = { batch: 40, pool: 4 * 29, memory: 1e9, disk: 0, seed: 2 };
  return { windows, places, skip: 1, of: 'tiny', store, ...sizes, ...asked };
}

async function pools(name: string, asked: Partial<ActivationRequest> = {}): Promise<ActivationPools> {
  return new ActivationPools(model, request(name, asked));
}

async function batches(source: ActivationPools, steps: number): Promise<Float32Array[]> {
  const found: Float32Array[] = [];
  for (let step = 0; step < steps; step++) found.push(await source.batch(step));
  return found;
}

/** The rows' bits, with how often the model ran. */
async function passes<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly count: number }> {
  const forward = vi.spyOn(model, 'forward');
  try {
    return { result: await work(), count: forward.mock.calls.length };
  } finally {
    forward.mockRestore();
  }
}

describe('batches of activations', () => {
  it('are rows of the model: those of one window alone are among them', async () => {
    const source = await pools('rows');
    const { activations } = {
      activations: await model.forward({
        ids: [windows[0] ?? []],
        capture: [{ site: 'z', layers: [1] }],
        logits: 'none',
      }),
    };
    const z = activations.get('z', 1).data;
    const seen = await batches(source, 2);
    const heads = new Set(
      seen.flatMap((batch) => [...batch.keys()].filter((i) => i % width === 0).map((i) => batch[i])),
    );
    const own = Array.from({ length: 29 }, (_, i) => z[(i + 1) * 8 * 32 + 2 * 32]);
    expect(own.filter((value) => heads.has(value)).length).toBeGreaterThan(10);
    expect(seen.every((batch) => batch.length === 40 * width)).toBe(true);
  });

  it('are the same bits from memory, from disk by row, from disk through memory, and collected again', async () => {
    const whole = await batches(await pools('whole'), 14);
    const asked = {
      byRow: { memory: 0, disk: 3 * poolBytes },
      throughMemory: { memory: poolBytes, disk: 3 * poolBytes },
      inTurns: { memory: 0, disk: poolBytes },
      again: { memory: poolBytes, disk: 0 },
    };
    for (const [name, room] of Object.entries(asked))
      expect(await batches(await pools(name, room), 14), name).toEqual(whole);
  });

  it('depend on the step alone', async () => {
    const whole = await batches(await pools('whole'), 7);
    const later = await pools('later');
    expect(await later.batch(5)).toEqual(whole[5]);
    expect(await later.batch(1)).toEqual(whole[1]);
  });

  it('are collected once where there is room, and again where there is none', async () => {
    const once = await passes(async () => batches(await pools('once', { memory: 0, disk: 3 * poolBytes }), 12));
    expect(once.count).toBe(3);
    const reused = await passes(async () => batches(await pools('once', { memory: 0, disk: 3 * poolBytes }), 12));
    expect(reused.count).toBe(0);
    expect(reused.result).toEqual(once.result);
    const again = await passes(async () => batches(await pools('none', { memory: poolBytes }), 12));
    expect(again.count).toBe(6);
  });

  it('of another model or text, or of a file cut short, are collected again', async () => {
    const room = { memory: 0, disk: 3 * poolBytes };
    const before = await batches(await pools('changed', room), 6);
    const other = await passes(async () => batches(await pools('changed', { ...room, of: 'other' }), 6));
    expect(other.count).toBe(3);
    truncateSync(join(folder, 'changed', 'rows-1.safetensors'), 5000);
    const cut = await passes(async () => batches(await pools('changed', { ...room, of: 'other' }), 6));
    expect(cut.count).toBe(1);
    expect(cut.result).toEqual(before);
  });

  it('keep no more on disk than they may, and nothing at the end', async () => {
    const source = await pools('budget', { memory: 0, disk: 2 * poolBytes });
    await batches(source, 12);
    expect(readdirSync(join(folder, 'budget')).length).toBe(2);
    await source.clear();
    expect(readdirSync(join(folder, 'budget'))).toEqual([]);
  });

  it('sample the first rows, the same before and after pools are there', async () => {
    const [fresh, used] = [await pools('sample'), await pools('sample2')];
    await batches(used, 8);
    const sample = await fresh.sample(50);
    expect(sample.data.length).toBe(50 * width);
    expect(await used.sample(50)).toEqual(sample);
    const all = await passes(async () => [await fresh.sample(1e6), await batches(fresh, 2)] as const);
    expect([all.count, all.result[0].data.length]).toEqual([0, 4 * 29 * width]);
    expect(all.result[1]).toEqual(await batches(used, 2));
  });

  it('of places with several rows a token go together where all have as many', async () => {
    const each = { site: 'z', layer: 1, head: 'each' } as const;
    const writes = { site: 'headWrite', layer: 0, head: 'each' } as const;
    const source = await pools('each', { places: [each, writes], pool: 4 * 29 * 8 });
    expect(source.width).toBe(32 + 128);
    expect((await source.batch(0)).length).toBe(40 * (32 + 128));
    await expect(pools('mixed', { places: [each, places[0]] })).rejects.toThrow(
      'z of L1H2: rows a token: expected 8, as z of every head of layer 1 has: train the two apart, got 1',
    );
  });
});

describe('bad input is one clear line', () => {
  it('no room, a layer, a head that are not there', async () => {
    await expect(pools('room', { memory: poolBytes - 1, disk: 1000 })).rejects.toThrow(
      'rows that are shuffled together: expected at most 115, which fit in memory or on disk, got 116 of 640 bytes each',
    );
    await expect(pools('layer', { places: [{ site: 'z', layer: 4, head: 0 }] })).rejects.toThrow(
      'layer out of range: expected 0 to 3, got 4',
    );
    await expect(pools('head', { places: [{ site: 'z', layer: 3, head: 8 }] })).rejects.toThrow(
      'head out of range: expected 0 to 7, got 8',
    );
  });

  it('a value that is not finite names place, window and token', async () => {
    const source = await pools('nan');
    const spoil = vi.spyOn(model, 'forward').mockImplementation(async (asked) => {
      spoil.mockRestore();
      const activations = await model.forward(asked);
      const values: Activations['get'] = (site, layer) => activations.get(site, layer);
      // Window 2, token 4, head 2 of layer 1.
      values('z', 1).data[(1 * 30 + 3) * 8 * 32 + 2 * 32 + 5] = NaN;
      return activations;
    });
    await expect(source.batch(0)).rejects.toThrow(
      'z of L1H2, window 2, token 4: activations that are not finite: got NaN',
    );
  });

  it('a disk that is full while rows are written leaves no half file', async () => {
    const full: typeof streamSafetensors = (path, tensors, metadata, options) => {
      const failing = tensors.map((tensor, i) => ({
        ...tensor,
        read: () =>
          i === 0
            ? tensor.read()
            : Promise.reject(new Fault({ what: 'cannot be written', where: path, got: 'the disk is full' })),
      }));
      return streamSafetensors(path, failing, metadata, options);
    };
    const long = Array.from({ length: 6 }, () => Array.from({ length: 500 }, (_, i) => 5 + i));
    const sizes = { windows: long, pool: 3000, memory: 0, disk: 1e9 };
    const store = new PoolFiles(join(folder, 'full'), full);
    await expect((await pools('full', { ...sizes, store })).batch(0)).rejects.toThrow(
      /full.*rows-0\.safetensors: cannot be written: got the disk is full/,
    );
    expect(readdirSync(join(folder, 'full'))).toEqual([]);
    await expect((await pools('full', sizes)).batch(0)).resolves.toBeInstanceOf(Float32Array);
  });
});

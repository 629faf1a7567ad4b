/** Pictures of attention against the pattern that a whole forward pass captures. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AttentionSources } from '../../engine/run/attention/attentionSources.ts';
import type { AttentionSource } from '../../engine/run/attention/attentionSource.ts';
import type { AttentionMeasure } from '../../engine/run/attention/attentionAnswers.ts';
import type { Model } from '../../engine/run/index.ts';
import { openModel } from '../../engine/run/index.ts';
import { readFloat32 } from '../../engine/files/readTensor.ts';
import type { Edit } from '../../engine/terms/edits.ts';
import { fileURLToPath } from 'node:url';
import { golden, randomIds } from './models.ts';

const tinyHeads = fileURLToPath(new URL('../../fixtures/models/tiny-heads', import.meta.url));
const ablated: Edit = { site: 'z', layers: [0], heads: [1, 2], operation: { kind: 'zero' } };
const uniform: Edit = {
  site: 'pattern',
  heads: [0],
  operation: { kind: 'mix', towards: 'uniform', share: 0.5 },
};
const steered: Edit = {
  site: 'residPre',
  layers: [1],
  positions: [3],
  operation: { kind: 'scale', by: 1.5 },
};
const masked: Edit = { site: 'scores', keys: [2], positions: [-1], operation: { kind: 'mask' } };

interface Scene {
  readonly model: Model;
  readonly ids: readonly number[];
  readonly edits: readonly Edit[];
}

/** Values [head][query][key] of a layer, from one pass over the whole prompt. */
async function wanted(
  { model, ids, edits }: Scene,
  layer: number,
): Promise<(n: number, q: number, k: number) => number> {
  const kept = await model.forward({
    ids: [ids],
    edits,
    capture: [{ site: 'pattern', layers: [layer] }],
    logits: 'none',
  });
  const { data } = kept.get('pattern', layer);
  return (n, q, k) => data[(n * ids.length + q) * ids.length + k] ?? NaN;
}

async function exactTile(source: AttentionSource, layer: number, head: number, measure: AttentionMeasure = 'pattern') {
  const whole = [0, source.tokens] as const;
  const tile = await source.tile({ layer, head, measure, queries: whole, keys: whole, step: 1, pool: 'max' });
  return (q: number, k: number) => tile.data[q * source.tokens + k] ?? NaN;
}

function pairs(tokens: number): [number, number][] {
  return Array.from({ length: tokens * tokens }, (_, i) => [Math.floor(i / tokens), i % tokens]);
}

function furthest(tokens: number, a: (q: number, k: number) => number, b: (q: number, k: number) => number): number {
  return Math.max(...pairs(tokens).map(([q, k]) => Math.abs(a(q, k) - b(q, k))));
}

describe.each([
  ['tiny-heads', tinyHeads, 41],
  ['grouped keys', golden('llama-gqa'), 23],
  ['a sliding window', golden('mistral-window'), 19],
  ['two windows and soft caps', golden('gemma2-caps'), 19],
  ['key position biases', golden('bloom-alibi'), 17],
  ['angles that depend on the length', golden('llama-dynamic'), 40],
  ['a bidirectional mask', golden('transformerLens-bidirectional'), 9],
])('attention of a model with %s', (_, path, length) => {
  let model: Model;
  let ids: number[];
  beforeAll(async () => {
    model = await openModel(path);
    ids = randomIds(model, Math.min(length, model.family.shape.context), 3);
  });
  afterAll(() => model.dispose());

  it.each([
    ['without edits', []],
    ['with heads of an earlier layer gone', [ablated]],
    ['with edits of the stream, scores and pattern', [uniform, steered, masked]],
  ] as const)('is that of a whole forward pass %s', async (__, edits) => {
    for (const maxQueries of [5, 256]) {
      const source = new AttentionSources(model, { maxQueries }).of(ids, edits);
      // From the last layer to the first, so that a layer's start is found again and not only passed through.
      for (let layer = model.family.shape.layers - 1; layer >= 0; layer--) {
        const pattern = await wanted({ model, ids, edits }, layer);
        for (const head of [0, model.family.shape.heads - 1]) {
          const tile = await exactTile(source, layer, head);
          expect(furthest(ids.length, tile, (q, k) => pattern(head, q, k))).toBeLessThan(1e-6);
        }
      }
    }
  });

  it('has rows, columns and windows that are parts of it', async () => {
    const source = new AttentionSources(model, { maxQueries: 4 }).of(ids);
    const [layer, { heads }] = [model.family.shape.layers - 1, model.family.shape];
    const pattern = await wanted({ model, ids, edits: [] }, layer);
    for (const at of [0, 5, ids.length - 1]) {
      const row = await source.row({ layer, head: null, query: at });
      const column = await source.column({ layer, head: 1, key: at });
      expect([row.heads, column.heads]).toEqual([heads, 1]);
      for (let k = 0; k < ids.length; k++) {
        for (let n = 0; n < heads; n++) expect(row.data[n * ids.length + k]).toBeCloseTo(pattern(n, at, k), 5);
        expect(column.data[k]).toBeCloseTo(pattern(1, k, at), 5);
      }
    }
    const window = await source.tile({ layer, head: 1, queries: [3, 9], keys: [2, 4], step: 1, pool: 'mean' });
    expect([window.rows, window.columns]).toEqual([6, 2]);
    window.data.forEach((value, i) => expect(value).toBeCloseTo(pattern(1, 3 + Math.floor(i / 2), 2 + (i % 2)), 6));
  });

  it.each(['max', 'mean'] as const)('is pooled by %s over the pairs of a cell', async (pool) => {
    const source = new AttentionSources(model, { maxQueries: 4 }).of(ids);
    const [layer, { causal }] = [0, model.family];
    const pattern = await wanted({ model, ids, edits: [] }, layer);
    for (const skipKeys of [0, 1]) {
      const request = { layer, head: 1, size: 7, pool, skipKeys };
      const cells: number[] = [];
      let step = 0;
      for await (const band of source.overview(request)) {
        expect(band.row * band.cells).toBe(cells.length);
        cells.push(...band.data);
        ({ step } = band);
      }
      const size = Math.ceil(ids.length / step);
      expect(cells).toHaveLength(size * size);
      const byHand = (row: number, column: number): number => {
        const inside = pairs(ids.length)
          .filter(([q, k]) => Math.floor(q / step) === row && Math.floor(k / step) === column)
          .filter(([q, k]) => (!causal || k <= q) && k >= skipKeys)
          .map(([q, k]) => pattern(1, q, k));
        if (inside.length === 0) return 0;
        return pool === 'max' ? Math.max(...inside) : inside.reduce((a, b) => a + b, 0) / inside.length;
      };
      cells.forEach((value, i) => expect(value).toBeCloseTo(byHand(Math.floor(i / size), i % size), 5));
      const tile = await source.tile({ ...request, queries: [step, 2 * step], keys: [0, 2 * step], step });
      expect(tile.rows).toBe(1);
      tile.data.forEach((value, i) => expect(value).toBeCloseTo(byHand(1, i), 5));
    }
  });
});

describe('pictures of attention', () => {
  let model: Model;
  let ids: number[];
  beforeAll(async () => {
    model = await openModel(tinyHeads);
    ids = randomIds(model, 60, 8);
  });
  afterAll(() => model.dispose());

  it('show every head of a layer in bytes of its largest cell', async () => {
    const source = new AttentionSources(model, { maxQueries: 16 }).of(ids);
    const { data, cells, step, heads, largest } = await source.thumbnails({ layer: 2, size: 16, skipKeys: 1 });
    expect([cells, step, heads]).toEqual([15, 4, 8]);
    for (let head = 0; head < heads; head++) {
      for await (const band of source.overview({ layer: 2, head, size: 16, pool: 'max', skipKeys: 1 })) {
        band.data.forEach((value, i) => {
          const byte = data[(head * cells + band.row) * cells + i] ?? NaN;
          expect(Math.abs(byte - (255 * value) / largest)).toBeLessThan(0.501);
        });
      }
    }
    expect(Math.max(...data)).toBe(255);
  });

  it('are exact where the prompt is shorter than the picture', async () => {
    const source = new AttentionSources(model).of(ids);
    const pattern = await wanted({ model, ids, edits: [] }, 1);
    const { data, cells, step, largest } = await source.thumbnails({ layer: 1, size: 64 });
    expect([cells, step]).toEqual([60, 1]);
    data.forEach((byte, i) => {
      const value = pattern(Math.floor(i / 3600), Math.floor((i % 3600) / 60), i % 60);
      expect(Math.abs(byte - (255 * value) / largest)).toBeLessThan(0.51);
    });
  });

  it('hold the largest weights of each query, and say how much of its row they are', async () => {
    const source = new AttentionSources(model, { maxQueries: 7 }).of(ids);
    const pattern = await wanted({ model, ids, edits: [] }, 3);
    const [first, end, keep] = [2, 50, 4];
    const top = await source.top({ layer: 3, head: null, queries: [first, end], keep });
    for (let n = 0; n < 8; n++) {
      for (let q = first; q < end; q++) {
        const row = Array.from({ length: q + 1 }, (_, k) => pattern(n, q, k));
        const largest = row.toSorted((a, b) => b - a).slice(0, keep);
        const at = n * (end - first) + q - first;
        const [keys, weights] = [top.keys, top.weights].map((part) => part.subarray(at * keep, (at + 1) * keep));
        largest.forEach((weight, i) => {
          expect(weights?.[i]).toBeCloseTo(weight, 6);
          expect(row[keys?.[i] ?? NaN]).toBeCloseTo(weight, 6);
        });
        expect(top.share[at]).toBeCloseTo(
          largest.reduce((a, b) => a + b, 0),
          5,
        );
      }
    }
  });

  it.each([
    ['alone', []],
    ['with an edit of the values', [{ site: 'v', layers: [1], heads: [0], operation: { kind: 'scale', by: 3 } }]],
    ['whatever happens to heads after their values', [{ site: 'z', layers: [1], operation: { kind: 'zero' } }]],
  ] as const)('weigh keys by the norm of what their values write, %s', async (_, edits) => {
    const source = new AttentionSources(model, { maxQueries: 9 }).of(ids, edits);
    const norms = await valueNorms(model, ids, edits, 1);
    const pattern = await wanted({ model, ids, edits }, 1);
    for (const head of [0, 3, 7]) {
      const tile = await exactTile(source, 1, head, 'valueWeighted');
      const byHand = (q: number, k: number) => pattern(head, q, k) * norms(head, k);
      const scale = Math.max(...pairs(ids.length).map(([q, k]) => byHand(q, k)));
      expect(furthest(ids.length, tile, byHand) / scale).toBeLessThan(1e-5);
    }
    const row = await source.row({ layer: 1, head: 3, query: 20, measure: 'valueWeighted' });
    row.data.forEach((value, k) => expect(value).toBeCloseTo(k > 20 ? 0 : pattern(3, 20, k) * norms(3, k), 4));
  });

  it('run no further than is looked at, and nothing twice', async () => {
    const source = new AttentionSources(model, { maxQueries: 10 }).of(ids);
    let blocks = 0;
    const onBlock = () => void blocks++;
    expect(source.blocksToSee(2)).toBe(3 * 6);
    const bands = source.overview({ layer: 2, head: 0, size: 60, pool: 'max', onBlock });
    await bands.next();
    expect(blocks).toBe(3);
    // Another head goes on where the first one was left.
    const rows: number[] = [];
    for await (const band of source.overview({ layer: 2, head: 5, size: 60, pool: 'max', onBlock }))
      rows.push(band.rows);
    expect(blocks).toBe(18);
    expect(rows).toEqual([10, 10, 10, 10, 10, 10]);
    await source.thumbnails({ layer: 3, size: 30, onBlock });
    expect(blocks).toBe(24);
  });

  it('stay right where almost nothing can be kept', async () => {
    const bytes = 60 * 4 * (model.family.shape.width + 2 * 4 * model.family.shape.headWidth) * 2;
    const sources = new AttentionSources(model, { bytes, maxQueries: 16 });
    const source = sources.of(ids);
    for (const layer of [3, 0, 2]) {
      const pattern = await wanted({ model, ids, edits: [] }, layer);
      const tile = await exactTile(source, layer, 4);
      expect(furthest(60, tile, (q, k) => pattern(4, q, k))).toBeLessThan(1e-6);
      expect(sources.bytes).toBeLessThanOrEqual(bytes);
    }
    sources.drop();
    expect(sources.bytes).toBe(0);
    // The first queries of a deep layer come early all the same.
    let blocks = 0;
    const again = sources.of(ids);
    const onBlock = () => void blocks++;
    const seen: number[] = [];
    const pattern = await wanted({ model, ids, edits: [] }, 2);
    for await (const band of again.overview({ layer: 2, head: 4, size: 60, pool: 'max', onBlock })) {
      seen.push(blocks);
      const at = (i: number) => pattern(4, band.row + Math.floor(i / 60), i % 60);
      band.data.forEach((value, i) => expect(value).toBeCloseTo(at(i), 5));
    }
    expect(seen[0]).toBe(3);
    expect(seen).toHaveLength(4);
    const longer = () => sources.of([...ids, ...ids]);
    expect(longer).toThrow('prompt too long to keep two layers of: expected at most 60 tokens, got 120');
  });

  it('serve several readers at a time', async () => {
    const source = new AttentionSources(model, { maxQueries: 8 }).of(ids);
    const patterns = await Promise.all([0, 1, 2, 3].map((layer) => wanted({ model, ids, edits: [] }, layer)));
    const tiles = await Promise.all(
      [3, 1, 3, 0, 2, 1].map(async (layer) => ({ layer, tile: await exactTile(source, layer, 2) })),
    );
    for (const { layer, tile } of tiles) {
      expect(furthest(60, tile, (q, k) => patterns[layer]?.(2, q, k) ?? NaN)).toBeLessThan(1e-6);
    }
  });

  it('run nothing twice for readers at the same time', async () => {
    const source = new AttentionSources(model, { maxQueries: 8 }).of(ids);
    let blocks = 0;
    const onBlock = () => void blocks++;
    const stop = new AbortController();
    const left = source.thumbnails({ layer: 2, size: 20, onBlock, signal: stop.signal });
    const maps = [2, 2].map((layer) => source.thumbnails({ layer, size: 20, onBlock }));
    stop.abort();
    await expect(left).rejects.toThrow('aborted');
    const [a, b] = await Promise.all(maps);
    expect(a?.data).toEqual(b?.data);
    // Eight chunks in three layers.
    expect(blocks).toBe(24);
    await Promise.all([3, 3].map((layer) => source.row({ layer, head: 0, query: 50, onBlock })));
    expect(blocks).toBeLessThanOrEqual(24 + 7);
  });

  it('stop when told to, and keep what was run', async () => {
    const source = new AttentionSources(model, { maxQueries: 10 }).of(ids);
    const stop = new AbortController();
    let blocks = 0;
    const onBlock = () => {
      if (++blocks === 4) stop.abort();
    };
    const request = { layer: 1, size: 60, onBlock, signal: stop.signal };
    await expect(source.thumbnails(request)).rejects.toThrow('aborted');
    expect(blocks).toBe(4);
    expect(source.blocksToSee(1)).toBe(12 - 2);
  });

  it('are kept by prompt and edits', () => {
    const sources = new AttentionSources(model);
    const added = (x: number): Edit => ({
      site: 'z',
      operation: { kind: 'add', times: 1, value: { axes: 'N', shape: [1], data: Float32Array.of(x) } },
    });
    const source = sources.of(ids, [added(1)]);
    expect(sources.of([...ids], [added(1)])).toBe(source);
    expect(sources.of(ids, [added(2)])).not.toBe(source);
    expect(sources.of(ids)).not.toBe(source);
  });

  it('refuse what is not there', async () => {
    const source = new AttentionSources(model).of(ids);
    const tile = { layer: 0, head: 0, queries: [0, 60], keys: [0, 60], step: 1, pool: 'max' } as const;
    await expect(source.thumbnails({ layer: 4, size: 10 })).rejects.toThrow(
      'layer out of range: expected 0 to 3, got 4',
    );
    await expect(source.tile({ ...tile, head: 8 })).rejects.toThrow('head out of range: expected 0 to 7, got 8');
    await expect(source.tile({ ...tile, queries: [2, 61] })).rejects.toThrow('within 0 to 60, got 2 to 61');
    await expect(source.tile({ ...tile, keys: [3, 9], step: 2 })).rejects.toThrow('expected a multiple of 2, got 3');
    await expect(source.row({ layer: 0, head: 0, query: 60 })).rejects.toThrow('query out of range');
    await expect(source.top({ layer: 0, head: 0, queries: [0, 1], keep: 0 })).rejects.toThrow('keys to keep');
  });
});

/** ||v_k W_O,h|| from captured values and the stored output projection [D, N H], four key-value heads for eight heads. */
async function valueNorms(model: Model, ids: readonly number[], edits: readonly Edit[], layer: number) {
  const kept = await model.forward({ ids: [ids], edits, capture: [{ site: 'v', layers: [layer] }], logits: 'none' });
  const { data: values } = kept.get('v', layer);
  const stored = model.files.tensors.get(`model.layers.${layer}.self_attn.o_proj.weight`);
  const out = await readFloat32(stored ?? expect.fail('no output projection'));
  const { heads, kvHeads, headWidth, width } = model.family.shape;
  return (head: number, key: number): number => {
    const group = Math.floor((head * kvHeads) / heads);
    let sum = 0;
    for (let d = 0; d < width; d++) {
      let written = 0;
      for (let h = 0; h < headWidth; h++) {
        const weight = out[d * heads * headWidth + head * headWidth + h] ?? NaN;
        written += weight * (values[(key * kvHeads + group) * headWidth + h] ?? NaN);
      }
      sum += written ** 2;
    }
    return Math.sqrt(sum);
  };
}

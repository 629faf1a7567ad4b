/** One ONNX graph with a cache, in onnxruntime-node, against the masked model: the whole prompt, and token by token. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { zeroEdits } from '../../engine/prune/curve/zeroEdits.ts';
import { dataFile, onnxExport } from '../../engine/prune/onnx/onnxExport.ts';
import { portNames } from '../../engine/prune/onnx/decoderGraph.ts';
import type { HeadsByLayer } from '../../engine/prune/surgery/headsByLayer.ts';
import { describeModel } from '../../engine/run/index.ts';
import { seededRandom } from '../../engine/tensor/random.ts';
import { faultOf, temporaryFolder } from '../files/temporary.ts';
import { golden } from '../run/models.ts';
import { logitsOf } from './surgery/pruned.ts';

const folder = temporaryFolder();

async function exported(name: string, removed: HeadsByLayer) {
  const made = onnxExport(await describeModel(golden(name)), removed);
  const out = join(folder, `${name}-${removed.size}`);
  mkdirSync(out, { recursive: true });
  const pieces: Uint8Array[] = [];
  for await (const piece of made.data()) pieces.push(piece);
  writeFileSync(join(out, 'model.onnx'), made.model);
  writeFileSync(join(out, dataFile), Buffer.concat(pieces));
  return { made, session: await ort.InferenceSession.create(join(out, 'model.onnx')) };
}

const int64s = (values: readonly number[], dims: readonly number[]) =>
  new ort.Tensor('int64', BigInt64Array.from(values, BigInt), dims);

/** Logits [P V] of ids after a cache, and the cache with them. */
async function step(
  session: ort.InferenceSession,
  kvHeads: readonly number[],
  headWidth: number,
  ids: readonly number[],
  past: { readonly length: number; readonly cache: Readonly<Record<string, ort.Tensor>> },
) {
  const feeds: Record<string, ort.Tensor> = { [portNames.ids]: int64s(ids, [1, ids.length]) };
  const all = Array.from({ length: past.length + ids.length }, (_, i) => i);
  feeds[portNames.positions] = int64s(all.slice(past.length), [1, ids.length]);
  feeds[portNames.keyPositions] = int64s(all, [1, all.length]);
  const asked = new Set(session.inputNames);
  for (const [layer, heads] of kvHeads.entries()) {
    for (const part of ['key', 'value'] as const) {
      const empty = () => new ort.Tensor('float32', new Float32Array(0), [1, heads, 0, headWidth]);
      feeds[portNames.past(layer, part)] = past.cache[portNames.present(layer, part)] ?? empty();
    }
  }
  const results = await session.run(Object.fromEntries(Object.entries(feeds).filter(([name]) => asked.has(name))));
  const logits = results[portNames.logits]?.data;
  if (!(logits instanceof Float32Array)) throw new Error('no logits');
  return { logits, past: { length: all.length, cache: results } };
}

async function largestDifference(name: string, removed: HeadsByLayer) {
  const { made, session } = await exported(name, removed);
  const { shape } = (await describeModel(golden(name))).family;
  const random = seededRandom(4);
  const ids = Array.from({ length: 11 }, () => random.below(shape.vocabulary));
  const masked = await logitsOf(golden(name), ids, zeroEdits(removed));
  const none = { length: 0, cache: {} };
  const first = await step(session, made.kvHeads, shape.headWidth, ids, none);
  let { logits, past } = await step(session, made.kvHeads, shape.headWidth, ids.slice(0, 6), none);
  const cached = [...logits];
  for (const id of ids.slice(6)) {
    ({ logits, past } = await step(session, made.kvHeads, shape.headWidth, [id], past));
    cached.push(...logits);
  }
  await session.release();
  const from = (values: ArrayLike<number>) =>
    masked.data.reduce((most, value, i) => Math.max(most, Math.abs(value - (values[i] ?? NaN))), 0);
  return { whole: from(first.logits), cached: from(cached), made };
}

const removed: HeadsByLayer = new Map([[0, [0, 1]]]);

describe('ONNX with a cache', () => {
  it.each([
    ['llama-gqa', removed],
    ['gemma2-caps', removed],
    ['phi3-window', removed],
    ['gpt2-tied', new Map([[1, [1]]])],
    ['gptNeoX-parallel', new Map([[1, [1]]])],
    ['bloom-alibi', new Map([[0, [2]]])],
    [
      'llama-gqa',
      new Map([
        [0, [1]],
        [1, [0, 2]],
      ]),
    ],
    ['transformerLens-rotary', new Map()],
  ] as const)('gives the masked logits of %s', async (name, heads) => {
    const { whole, cached } = await largestDifference(name, heads);
    expect(whole).toBeLessThan(1e-4);
    expect(cached).toBeLessThan(1e-4);
  });

  it('takes rows of unequal length, padded at the left', async () => {
    const { made, session } = await exported('llama-gqa', new Map());
    const rows = [
      [5, 1, 7, 2, 9, 3],
      [8, 4, 6],
    ];
    const slots = 6;
    const padded = (value: (id: number, position: number) => number, padding: number) =>
      rows.flatMap((ids) => [...Array<number>(slots - ids.length).fill(padding), ...ids.map(value)]);
    const empty = () => new ort.Tensor('float32', new Float32Array(0), [2, 2, 0, 10]);
    const parts = made.kvHeads.flatMap((_, layer) => [portNames.past(layer, 'key'), portNames.past(layer, 'value')]);
    const results = await session.run({
      [portNames.ids]: int64s(
        padded((id) => id, 0),
        [2, slots],
      ),
      [portNames.positions]: int64s(
        padded((_, position) => position, 0),
        [2, slots],
      ),
      [portNames.keyPositions]: int64s(
        padded((_, position) => position, -1),
        [2, slots],
      ),
      ...Object.fromEntries(parts.map((part) => [part, empty()])),
    });
    await session.release();
    const { data } = results[portNames.logits] ?? { data: [] };
    const width = data.length / rows.length / slots;
    for (const [row, ids] of rows.entries()) {
      const alone = await logitsOf(golden('llama-gqa'), ids);
      const start = (row * slots + slots - ids.length) * width;
      const largest = alone.data.reduce(
        (most, value, i) => Math.max(most, Math.abs(value - Number(data[start + i]))),
        0,
      );
      expect(largest).toBeLessThan(1e-4);
    }
  });

  it('has smaller caches where whole groups go, and zeros where groups keep different numbers', async () => {
    const description = await describeModel(golden('llama-gqa'));
    const group = onnxExport(description, removed);
    expect([group.kvHeads, group.zeroedLayers]).toEqual([[1, 2], []]);
    const all = onnxExport(description, new Map());
    expect(all.parameters - group.parameters).toBe(6 * 10 * 24);
    const uneven = onnxExport(description, new Map([[1, [0]]]));
    expect([uneven.kvHeads, uneven.zeroedLayers]).toEqual([[2, 2], [1]]);
    expect(uneven.parameters).toBe(all.parameters);
  });

  it('refuses what one graph can not hold', async () => {
    const dynamic = await describeModel(golden('llama-dynamic'));
    expect(await faultOf(() => onnxExport(dynamic, new Map()))).toContain('depend on the length');
    const bidirectional = await describeModel(golden('transformerLens-bidirectional'));
    expect(await faultOf(() => onnxExport(bidirectional, new Map()))).toContain('not causal');
  });
});

/** Long prompts of many heads: chunks stay within their bound, and what each kind of head does can be seen. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manyHeads, writeManyHeads } from '../../fixtures/make/manyHeads.ts';
import { AttentionSources } from '../../engine/run/attention/attentionSources.ts';
import { ByteBudget, Kept } from '../../engine/run/attention/kept.ts';
import { chunkOf, queryChunks } from '../../engine/run/attention/queryChunks.ts';
import type { Model } from '../../engine/run/index.ts';
import { openModel } from '../../engine/run/index.ts';
import { temporaryFolder } from '../files/temporary.ts';
import { randomIds } from './models.ts';

const folder = temporaryFolder();

describe('a long prompt of many heads', () => {
  let model: Model;
  let ids: number[];
  beforeAll(async () => {
    await writeManyHeads(folder, { ...manyHeads, layers: 3 });
    model = await openModel(folder);
    ids = [0, ...randomIds(model, 699, 5).map((id) => Math.max(1, id))];
  });
  afterAll(() => model.dispose());

  it('is cut into queries whose pattern is at most 32 MB', () => {
    for (const tokens of [1, 256, 257, 700, 4096]) {
      const chunks = queryChunks(model.family, tokens);
      expect(chunks.map(({ from }) => from)).toEqual([0, ...chunks.map(({ to }) => to).slice(0, -1)]);
      expect(chunks.at(-1)?.to).toBe(tokens);
      for (const { from, to, keys } of chunks) {
        expect(to - from).toBeLessThanOrEqual(256);
        expect((to - from) * keys * 32 * 4).toBeLessThanOrEqual(2 ** 25);
      }
      expect(chunkOf(chunks, tokens - 1).to).toBe(tokens);
    }
  });

  it('shows the heads that look near, and those that look at token 0', async () => {
    const source = new AttentionSources(model).of(ids);
    const { data, tokens } = await source.row({ layer: 2, head: null, query: 600 });
    const mass = (head: number, from: number, to: number) =>
      data.subarray(head * tokens + from, head * tokens + to).reduce((sum, x) => sum + x, 0);
    for (let head = 0; head < 32; head += 4) {
      expect(mass(head, 0, tokens)).toBeCloseTo(1, 5);
      expect(mass(head, 590, 601)).toBeGreaterThan(0.5);
      expect(mass(head + 1, 0, 1)).toBeGreaterThan(0.5);
      expect(mass(head + 2, 590, 601) + mass(head + 2, 0, 1)).toBeLessThan(0.4);
    }
  });

  it('has the same values in chunks as in one pass', async () => {
    const source = new AttentionSources(model).of(ids);
    const kept = await model.forward({ ids: [ids], capture: [{ site: 'pattern', layers: [2] }], logits: 'none' });
    const { data } = kept.get('pattern', 2);
    const tile = await source.tile({ layer: 2, head: 6, queries: [480, 700], keys: [0, 250], step: 1, pool: 'max' });
    let furthest = 0;
    tile.data.forEach((value, i) => {
      const [q, k] = [480 + Math.floor(i / 250), i % 250];
      furthest = Math.max(furthest, Math.abs(value - (data[(6 * 700 + q) * 700 + k] ?? NaN)));
    });
    expect(furthest).toBeLessThan(1e-6);
    const { cells, step } = await source.thumbnails({ layer: 2, size: 64 });
    expect([cells, step]).toEqual([64, 11]);
  });
});

describe('what is kept', () => {
  it('goes when there is no room, the one that was not looked at for the longest time first', () => {
    const budget = new ByteBudget(10);
    const [a, b, c] = ['a', 'b', 'c'].map(() => new Kept<string>(budget));
    a?.set('a', 4);
    b?.set('b', 4);
    expect(a?.get()).toBe('a');
    c?.set('c', 4);
    expect([a?.get(), b?.get(), c?.get(), budget.bytes]).toEqual(['a', undefined, 'c', 8]);
    a?.set('larger than all', 20);
    expect([a?.get(), c?.get(), budget.bytes]).toEqual(['larger than all', undefined, 20]);
    a?.drop();
    expect([a?.get(), budget.bytes]).toEqual([undefined, 0]);
  });
});

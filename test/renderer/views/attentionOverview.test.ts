/** Arithmetic of pyramids, walls, lists: no engine and no page. */
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../engine/terms/fault.ts';
import { comparison } from '../../../renderer/views/attention/comparison.ts';
import { headBeside, nearestHead } from '../../../renderer/views/attention/headSteps.ts';
import { addBand, coarser, emptyOverview, pairsIn } from '../../../renderer/views/attention/overview.ts';
import { ownPrompt } from '../../../renderer/views/attention/ownPrompt.ts';
import {
  overviewCells,
  overviewLevel,
  placeInTile,
  tileOf,
  topLevel,
} from '../../../renderer/views/attention/pyramid.ts';
import { zeroEdits } from '../../../renderer/views/attention/subject.ts';
import { topWeights } from '../../../renderer/views/attention/topWeights.ts';
import type { ReadyPrompt } from '../../../renderer/views/attention/useShownPrompt.ts';
import type { Wall } from '../../../renderer/views/attention/wallFold.ts';
import { foldWall } from '../../../renderer/views/attention/wallFold.ts';
import { ordered, wallOrder } from '../../../renderer/views/attention/wallOrder.ts';

/** Weights of a causal head from a formula, NaN above the diagonal. */
function weight(query: number, key: number): number {
  return key > query ? NaN : ((query * 7 + key * 13) % 101) / 101;
}

/** The engine's own pooling, over pairs that are seen and not skipped. */
function pooled(tokens: number, level: number, pool: 'max' | 'mean', skip: number): Float32Array {
  const size = 2 ** level;
  const cells = Math.ceil(tokens / size);
  return Float32Array.from({ length: cells * cells }, (_, index) => {
    const [row, column] = [Math.floor(index / cells), index % cells];
    const values: number[] = [];
    for (let q = row * size; q < Math.min(tokens, (row + 1) * size); q++)
      for (let k = Math.max(skip, column * size); k <= Math.min(q, (column + 1) * size - 1); k++)
        values.push(weight(q, k));
    if (values.length === 0) return 0;
    return pool === 'max' ? Math.max(...values) : values.reduce((sum, value) => sum + value, 0) / values.length;
  });
}

describe('the pyramid', () => {
  it('has one tile at the top, and an overview one level below it', () => {
    expect([1, 256, 257, 512, 513, 4096].map(topLevel)).toEqual([0, 0, 1, 1, 2, 4]);
    expect([1, 256, 257, 512, 513, 4096].map(overviewLevel)).toEqual([0, 0, 0, 0, 1, 3]);
  });

  it('asks for as many cells as give its step', () => {
    for (let tokens = 8; tokens <= 65_536; tokens += tokens < 3000 ? 1 : 997)
      expect([tokens, Math.ceil(tokens / (overviewCells(tokens) ?? NaN))]).toEqual([
        tokens,
        2 ** overviewLevel(tokens),
      ]);
  });

  it('tells whole tiles from parts of them', () => {
    expect(tileOf({ level: 1, queries: [512, 1000], keys: [0, 512] }, 1000)).toEqual({ level: 1, row: 1, column: 0 });
    expect(tileOf({ level: 0, queries: [7, 8], keys: [0, 1] }, 1000)).toBeNull();
    expect(placeInTile(999, 700, 1, 1000)).toEqual({ row: 1, column: 1, index: 243 * 244 + 94 });
  });

  it.each(['max', 'mean'] as const)('coarsens as the engine pools: %s', (pool) => {
    for (const [tokens, skip] of [
      [64, 0],
      [61, 1],
    ] as const) {
      const cells = Math.ceil(tokens / 4);
      const fine = emptyOverview(2, cells);
      addBand(fine, 0, cells, pooled(tokens, 2, pool, skip));
      const made = coarser(fine, pool, { tokens, skipKeys: skip });
      const wanted = pooled(tokens, 3, pool, skip);
      for (let row = 0; row < made.cells; row++)
        for (let column = 0; column <= row; column++)
          expect(made.values[row * made.cells + column]).toBeCloseTo(wanted[row * made.cells + column] ?? NaN, 5);
    }
  });

  it('knows no coarse row before both of its fine rows have come', () => {
    const fine = emptyOverview(0, 6);
    addBand(fine, 0, 3, new Float32Array(18));
    const { rows, values } = coarser(fine, 'max', { tokens: 6, skipKeys: 0 });
    expect(rows).toBe(1);
    expect([values[0], values[3]]).toEqual([0, NaN]);
  });

  it('counts the pairs of a cell that are seen', () => {
    expect(pairsIn(0, 0, 2, { tokens: 64, skipKeys: 0 })).toBe(10);
    expect(pairsIn(0, 0, 2, { tokens: 64, skipKeys: 1 })).toBe(6);
    expect(pairsIn(1, 0, 2, { tokens: 6, skipKeys: 0 })).toBe(8);
  });
});

describe('the strongest weights of a row', () => {
  it('sorts by size and says what it leaves out', () => {
    const row = Float32Array.of(0.5, 0, -0.75, 0.25, 0.0001);
    expect(topWeights(row, { most: 3, skip: 1, least: 0.001 })).toEqual({
      shown: [
        { index: 2, value: -0.75 },
        { index: 3, value: 0.25 },
      ],
      rest: { count: 1, sum: expect.closeTo(0.0001) },
    });
  });
});

describe('the wall', () => {
  const layer = (index: number, byte: number) =>
    ({
      kind: 'layer',
      layer: index,
      heads: 2,
      cells: 1,
      step: 1,
      largest: 0.5,
      data: Uint8Array.of(byte, 255),
    }) as const;

  it('fills layer by layer, in weights', () => {
    const events = [{ kind: 'progress', of: 'layers', done: 0, total: 3 } as const, layer(0, 100), layer(1, 0)];
    const wall = events.reduce<Wall | null>(foldWall, null);
    expect(wall).toMatchObject({ done: 2, total: 3 });
    expect(Array.from(wall?.atlas?.ready ?? [])).toEqual([1, 1, 1, 1, 0, 0]);
    expect(Array.from(wall?.atlas?.data.subarray(0, 4) ?? [])).toEqual([50, 128, 0, 128]);
  });

  it('lies in the order of a measure, row by row; heads without a rank last', () => {
    const shape = { layers: 2, heads: 3, kvHeads: 3, headsOf: [3, 2] };
    const order = wallOrder(shape, [4, 0], { width: 300, height: 200 });
    const { layers: columns, heads: rows } = order.shape;
    const read = Array.from(
      { length: 5 },
      (_, rank) => order.headAt[(rank % columns) * rows + Math.floor(rank / columns)],
    );
    expect(read).toEqual([4, 0, 1, 2, 3]);
    expect(order.headAt[order.placeOf[3] ?? -1]).toBe(3);
    const atlas = {
      cells: 1,
      data: Uint8Array.of(10, 11, 12, 13, 14, 0),
      ready: Uint8Array.of(1, 1, 1, 1, 1, 0),
      version: 1,
    };
    expect(ordered(atlas, order).data[order.placeOf[4] ?? -1]).toBe(14);
  });
});

describe('what is looked at', () => {
  it('takes a text, or ids where there is no tokenizer', () => {
    expect(ownPrompt(' a b', true)).toEqual({ text: ' a b' });
    expect(ownPrompt('5, 17 5', false)).toEqual({ ids: [5, 17, 5] });
    expect(ownPrompt('  ', true)).toBeNull();
    expect(() => ownPrompt('5 x', false)).toThrow(Fault);
  });

  it('steps through heads as the model has them', () => {
    const shape = { layers: 2, heads: 3, kvHeads: 3, headsOf: [3, 2] };
    expect(nearestHead(shape, { layer: 9, head: 9 })).toEqual({ layer: 1, head: 1 });
    expect(headBeside(shape, { layer: 0, head: 2 }, 1)).toEqual({ layer: 1, head: 0 });
    expect(headBeside(shape, { layer: 1, head: 0 }, -1)).toEqual({ layer: 0, head: 2 });
    expect(headBeside(shape, { layer: 1, head: 1 }, 1)).toEqual({ layer: 1, head: 1 });
  });

  it('zeroes a set with one edit a layer', () => {
    const set = [
      { layer: 3, head: 1 },
      { layer: 0, head: 2 },
      { layer: 3, head: 0 },
    ];
    expect(zeroEdits(set)).toEqual([
      { site: 'z', layers: [0], heads: [2], operation: { kind: 'zero' } },
      { site: 'z', layers: [3], heads: [1, 0], operation: { kind: 'zero' } },
    ]);
  });

  it('says why there is nothing to compare with', () => {
    const prompt: ReadyPrompt = {
      kind: 'ready',
      words: 'p',
      ids: [1],
      tokens: [{ text: 'a' }],
      corrupt: null,
      noCorrupt: 'it has none',
    };
    const subject = { model: '/m', prompt: { ids: [1] }, measure: 'pattern' } as const;
    const of = { subject, prompt, head: { layer: 1, head: 2 }, pinned: null, set: [] };
    expect(comparison('heads', of)).toContain('Pin a head');
    expect(comparison('prompts', of)).toContain('it has none');
    expect(comparison('edit', of)).toContain('into the set');
    expect(comparison('heads', { ...of, pinned: { layer: 0, head: 1 } })).toMatchObject({ words: 'L1H2 \u2212 L0H1' });
    const edited = comparison('edit', { ...of, set: [{ layer: 0, head: 1 }] });
    expect(edited).toMatchObject({
      a: { subject: { edits: [{ site: 'z' }] } },
      b: { subject },
      words: 'L1H2, L0H1 zeroed \u2212 clean',
    });
  });
});

/** What the inspector says of a head: its pattern tags with their evidence, and the heads it composes with. */
import { describe, expect, it } from 'vitest';
import type { CompositionLayer } from '../../../engine/results/composition.ts';
import type { ScoreTable } from '../../../renderer/api/runTables.ts';
import { hasTagRules, tagCounts, tagsOf } from '../../../renderer/views/heads/headTags.ts';
import { partnersOf, strongestOf } from '../../../renderer/views/heads/partners.ts';

const scoreOf = (id: string, title: string) => ({
  ...{ id, title, about: '', formula: '', source: '', unit: 'share', prompts: 4, uniform: null },
  range: [0, 1] as const,
});
const columnOf = (mean: readonly number[]) => ({
  mean: Float32Array.from(mean),
  low: Float32Array.from(mean, (value) => value - 0.25),
  high: Float32Array.from(mean, (value) => value + 0.25),
  n: Uint32Array.from(mean, () => 4),
});
const rules = [
  { tag: 'previous', score: 'previousToken', above: 0.5 },
  { tag: 'induction', score: 'induction', above: 0.5 },
  { tag: 'sink', score: 'firstToken', above: 0.75 },
];

function tableWith(tags: typeof rules | undefined): ScoreTable {
  const header = {
    shape: { layers: 1, heads: 3 },
    prompts: { dataset: 'repeated random tokens' },
    scores: [scoreOf('previousToken', 'Previous token'), scoreOf('induction', 'Induction')],
    ...(tags === undefined ? {} : { tags }),
  } as unknown as ScoreTable['header'];
  const scores = new Map([
    ['previousToken', columnOf([0.75, 0.5, NaN])],
    ['induction', columnOf([0.625, 1, NaN])],
  ]) as unknown as ScoreTable['scores'];
  return { kind: 'scores', header, scores, copying: null, known: 3 };
}

describe('pattern tags', () => {
  it('hold above the number, each with score, value and threshold', () => {
    const table = tableWith(rules);
    expect(tagsOf(table, { layer: 0, head: 0 })).toEqual([
      { tag: 'previous', score: 'Previous token', value: 0.75, above: 0.5, low: 0.5, high: 1 },
      { tag: 'induction', score: 'Induction', value: 0.625, above: 0.5, low: 0.375, high: 0.875 },
    ]);
    expect(tagsOf(table, { layer: 0, head: 1 }).map(({ tag }) => tag)).toEqual(['induction']);
    expect(tagsOf(table, { layer: 0, head: 2 })).toEqual([]);
  });

  it('are counted in the order of the rules; those that no head has are left out', () => {
    expect(tagCounts(tableWith(rules))).toEqual([
      ['previous', 1],
      ['induction', 2],
    ]);
  });

  it('of runs without rules there are none', () => {
    expect([hasTagRules(tableWith(undefined)), hasTagRules(tableWith(rules))]).toEqual([false, true]);
    expect(tagCounts(tableWith(undefined))).toEqual([]);
  });
});

/** Two heads a layer: scores of writer w into reader r are 0.r w at each layer, K and V less. */
function layerOf(layer: number): CompositionLayer {
  const writers = 2 * layer;
  const q = Float32Array.from({ length: 2 * writers }, (_, at) => (at % writers) / 8 + Math.floor(at / writers) / 16);
  return { kind: 'layer', layer, writers, q, k: q.map((value) => value / 2), v: q.map(() => NaN) };
}

describe('partners of a head', () => {
  const known = { layers: new Map([1, 2, 3].map((layer) => [layer, layerOf(layer)])) };

  it('before it: whose writes it reads most, the strongest first', () => {
    expect(partnersOf(known, 'writers', { layer: 2, head: 1 }, 2, 2).q).toEqual([
      { head: { layer: 1, head: 1 }, score: 3 / 8 + 1 / 16 },
      { head: { layer: 1, head: 0 }, score: 2 / 8 + 1 / 16 },
    ]);
    expect(partnersOf(known, 'writers', { layer: 0, head: 0 }, 2, 2)).toEqual({ q: [], k: [], v: [] });
  });

  it('after it: who reads most of it, over all later layers', () => {
    const readers = partnersOf(known, 'readers', { layer: 1, head: 0 }, 2, 3).k;
    expect(readers.map(({ head }) => head)).toEqual([
      { layer: 2, head: 1 },
      { layer: 3, head: 1 },
      { layer: 2, head: 0 },
    ]);
    expect(readers[0]?.score).toBeCloseTo((2 / 8 + 1 / 16) / 2, 6);
    expect(partnersOf(known, 'readers', { layer: 3, head: 0 }, 2, 3).q).toEqual([]);
  });

  it('numbers that are none are no partners', () => {
    const partners = partnersOf(known, 'writers', { layer: 2, head: 1 }, 2, 4);
    expect(partners.v).toEqual([]);
    expect(strongestOf(partners)).toBe(3 / 8 + 1 / 16);
  });
});

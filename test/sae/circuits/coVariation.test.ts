import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../engine/tensor/random.ts';
import { coVariation, endpointCounts } from '../../../sae/circuits/coVariation.ts';
import { numberedAnew } from '../../../sae/circuits/headCodes.ts';
import type { HeadCodes } from '../../../sae/circuits/headCodes.ts';

/** Rows: prompts; columns: heads. */
function codesOf(rows: readonly (readonly number[])[]): HeadCodes {
  const heads = rows[0]?.length ?? 0;
  const raw = Array.from({ length: heads }, (_, head) => rows.map((row) => row[head] as number)).flat();
  return numberedAnew(raw, heads);
}

/** U as a map `01` -> score. */
function named(scores: Float64Array, heads: number): Record<string, number> {
  const entries: [string, number][] = [];
  for (let a = 0; a < heads; a++)
    for (let b = a + 1; b < heads; b++) entries.push([`${a}${b}`, scores[entries.length] as number]);
  return Object.fromEntries(entries);
}

// The example in the figure that explains the method (assets/edge_method.pdf of the authors' repository).
const positive = [
  [3, 4, 2, 4, 4, 1],
  [2, 2, 2, 4, 3, 2],
  [4, 1, 3, 1, 3, 4],
];
const negative = [
  [0, 3, 1, 4, 3, 0],
  [0, 2, 2, 1, 3, 3],
  [2, 3, 3, 0, 2, 4],
];
const example = codesOf([...positive, ...negative]);
const labels = Uint8Array.from([1, 1, 1, 0, 0, 0]);

describe('the authors’ example', () => {
  const scores = coVariation(example, labels, false);

  it('has their U', () => {
    const threes = Object.fromEntries(['01', '02', '03', '04', '05', '13', '15', '35', '45'].map((pair) => [pair, 3]));
    const twos = Object.fromEntries(['12', '14', '23', '24', '25'].map((pair) => [pair, 2]));
    expect(named(scores, 6)).toEqual({ ...threes, ...twos, 34: 1 });
  });

  it.each(['shared', 'later'] as const)('has their counts, however ties go: %s', (ties) => {
    expect([...endpointCounts(scores, 6, { entries: 36, ties })]).toEqual([10, 6, 2, 6, 4, 8]);
  });

  it('counts each pair of codes once in the supports', () => {
    const shares = named(coVariation(example, labels, true), 6);
    // Heads 0 and 1: three pairs of codes in each class, none in both.
    expect(shares['01']).toBeCloseTo(3 / 6, 12);
    // Heads 3 and 4: (4 4), (4 3), (1 3) against (4 3), (1 3), (0 2).
    expect(shares['34']).toBeCloseTo(1 / 6, 12);
  });
});

describe('the list of heads of the best pairs', () => {
  const scores = Float64Array.from([5, 1, 1]);

  it('shares what is left among equal pairs', () => {
    // Four entries of pair 01, then two of the eight of pairs 02 and 12.
    expect([...endpointCounts(scores, 3, { entries: 6, ties: 'shared' })]).toEqual([2.5, 2.5, 1]);
  });

  it('or gives it to later heads first', () => {
    // Ordered pairs: 10, 01, then 21.
    expect([...endpointCounts(scores, 3, { entries: 6, ties: 'later' })]).toEqual([2, 3, 1]);
  });

  it('has half of N squared entries unless it is told another number, and never more than there are', () => {
    const total = (counts: Float64Array) => counts.reduce((a, b) => a + b, 0);
    for (const ties of ['shared', 'later'] as const) {
      expect(total(endpointCounts(scores, 3, { entries: 0, ties }))).toBeCloseTo(4, 12);
      expect(total(endpointCounts(scores, 3, { entries: 7, ties }))).toBeCloseTo(7, 12);
      expect(total(endpointCounts(scores, 3, { entries: 1000, ties }))).toBeCloseTo(12, 12);
    }
  });
});

it('is what the dense tables of co-occurrence give', () => {
  const random = seededRandom(4);
  const rows = Array.from({ length: 30 }, () => Array.from({ length: 5 }, () => random.below(4)));
  const classes = Uint8Array.from(rows, () => random.below(2));
  const found = named(coVariation(codesOf(rows), classes, false), 5);
  for (const [pair, score] of Object.entries(found)) {
    const [a, b] = [Number(pair[0]), Number(pair[1])];
    const pairs = (label: number) =>
      new Set(rows.filter((_, e) => classes[e] === label).map((row) => `${row[a]} ${row[b]}`));
    expect(score).toBe([...pairs(1)].filter((each) => !pairs(0).has(each)).length);
  }
});

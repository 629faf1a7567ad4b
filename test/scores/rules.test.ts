/** Every rule of engine/scores/SPEC.md on patterns that are written down here. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { HeadScore, KeyScore, RowScore, ScorePrompt, WriteScore } from '../../engine/scores/headScore.ts';
import { scoreById, scores } from '../../engine/scores/index.ts';
import { promptReader } from '../../engine/scores/promptReader.ts';
import { uniformLevel } from '../../engine/scores/uniformLevel.ts';
import type { Tensor } from '../../engine/tensor/tensor.ts';
import { tensor } from '../../engine/tensor/tensor.ts';

const BOS = 1;

function promptOf(ids: readonly number[], more: Partial<ScorePrompt> = {}): ScorePrompt {
  return { ids, bosId: BOS, copies: null, ...more };
}

type Weight = (q: number, k: number) => number;

function patternOf(length: number, weight: Weight): Tensor {
  const data = Float32Array.from({ length: length ** 2 }, (_, i) => weight(Math.floor(i / length), i % length));
  return tensor(data, [
    { axis: 'B', size: 1 },
    { axis: 'N', size: 1 },
    { axis: 'P', size: length },
    { axis: 'K', size: length },
  ]);
}

/** The score of one head on one prompt; null where no query counts. */
function scoreOf(score: HeadScore, prompt: ScorePrompt, weight: Weight): number | null {
  const { length } = prompt.ids;
  const { queries, sum } = promptReader(score, prompt);
  if (queries === 0) return null;
  return sum({ pattern: patternOf(length, weight), norms: null, from: 0, row: 0, head: 0, length }) / queries;
}

const keyScores = scores.filter((score): score is KeyScore => score.reading === 'mass' || score.reading === 'top');
const rowScores = scores.filter((score): score is RowScore => score.reading === 'row');
const writeScores = scores.filter((score): score is WriteScore => score.reading === 'write');

/** All weight on one key of each query. */
const on =
  (key: (q: number) => number): Weight =>
  (q, k) =>
    k === Math.max(0, key(q)) ? 1 : 0;
const uniform: Weight = (q, k) => (k <= q ? 1 / (q + 1) : 0);

/** [BOS] s s with s of 4 tokens: the second copy is at 5 to 8. */
const repeated = promptOf([BOS, 10, 11, 12, 13, 10, 11, 12, 13]);
const length = 4;

const previous = on((q) => q - 1);
const current = on((q) => q);
const first = on(() => 0);
const duplicate = on((q) => (q > length ? q - length : 0));
const inductive = on((q) => (q > length ? q - length + 1 : 0));

/** Values worked out by hand: 8 queries after the first, 4 of them in the second copy, 3 of which predict a copied token. */
const planted: Readonly<Record<string, readonly [pattern: Weight, expected: number][]>> = {
  previousToken: [
    [previous, 1],
    [current, 0],
    [first, 1 / 8],
    [uniform, (1 / 2 + 1 / 3 + 1 / 4 + 1 / 5 + 1 / 6 + 1 / 7 + 1 / 8 + 1 / 9) / 8],
    // Only at q = 1, where the first token is the one before.
    [duplicate, 1 / 8],
  ],
  currentToken: [
    [current, 1],
    [previous, 0],
    [first, 0],
    [uniform, (1 / 2 + 1 / 3 + 1 / 4 + 1 / 5 + 1 / 6 + 1 / 7 + 1 / 8 + 1 / 9) / 8],
  ],
  duplicateToken: [
    [duplicate, 1],
    [inductive, 0],
    [current, 0],
    [uniform, (1 / 6 + 1 / 7 + 1 / 8 + 1 / 9) / 4],
  ],
  induction: [
    [inductive, 1],
    [duplicate, 0],
    [previous, 0],
    // Query 8 is the last of s; what followed it before is the first token of the second copy, at 5.
    [on((q) => (q === 8 ? 5 : 0)), 1 / 4],
    [uniform, (1 / 6 + 1 / 7 + 1 / 8 + 1 / 9) / 4],
  ],
  firstToken: [
    [first, 1],
    [previous, 1 / 8],
    [current, 0],
    [(_, k) => (k === 0 ? 0.25 : 0), 0.25],
  ],
  copy: [
    [inductive, 1],
    [duplicate, 0],
    // Half of the weight is not enough where the other half lies on one key; a little more is.
    [(q, k) => 0.49 * inductive(q, k) + 0.51 * first(q, k), 0],
    [(q, k) => 0.51 * inductive(q, k) + 0.49 * first(q, k), 1],
    [(q, k) => 0.5 * inductive(q, k) + 0.5 * first(q, k), 0.5],
    [uniform, (1 / 6 + 1 / 7 + 1 / 8) / 3],
  ],
  copyMass: [
    [inductive, 1],
    [duplicate, 0],
    [(q, k) => 0.25 * inductive(q, k) + 0.75 * first(q, k), 0.25],
    [uniform, (1 / 6 + 1 / 7 + 1 / 8) / 3],
  ],
  attentionEntropy: [
    [current, 0],
    [first, 0],
    // ln 2 + ln 3 + ... + ln 9 = ln 9!
    [uniform, Math.log(362_880) / 8],
    [(q, k) => 0.5 * current(q, k) + 0.5 * first(q, k), Math.log(2)],
    // A sink outside the tokens that takes the other half: one term, not renormalised.
    [(q, k) => 0.5 * current(q, k), 0.5 * Math.log(2)],
    [() => 0, 0],
  ],
  meanDistance: [
    [current, 0],
    [previous, 1],
    // (1 + 2 + ... + 8) / 8
    [first, 4.5],
    [uniform, 2.25],
    [(q, k) => 0.75 * current(q, k) + 0.25 * previous(q, k), 0.25],
    // A bidirectional head that looks one ahead: as far as one back. The last query has no key after it.
    [(q, k) => (k === q + 1 ? 1 : 0), 7 / 8],
  ],
};

describe.each([...keyScores, ...rowScores])('$id', (score) => {
  it('has its value on planted patterns', () => {
    const cases = planted[score.id] ?? [];
    expect(cases.length).toBeGreaterThanOrEqual(3);
    cases.forEach(([weight, expected], i) =>
      expect(scoreOf(score, repeated, weight), `pattern ${i}`).toBeCloseTo(expected, 6),
    );
  });

  it('has the level that it states where attention is equal, and none of it is outside its range', () => {
    expect(uniformLevel(score, repeated, true)).toBeCloseTo(scoreOf(score, repeated, uniform) ?? NaN, 6);
    const everywhere: Weight = () => 1 / repeated.ids.length;
    expect(uniformLevel(score, repeated, false)).toBeCloseTo(scoreOf(score, repeated, everywhere) ?? NaN, 6);
    const [low, high] = score.range;
    for (const [, expected] of planted[score.id] ?? []) {
      expect(expected >= low && expected <= (high ?? Infinity)).toBe(true);
    }
  });
});

describe.each(keyScores)('$id', (score) => {
  it('is a share, 1 at most: all weight on its keys is 1', () => {
    expect([score.unit, score.range]).toEqual(['share', [0, 1]]);
    const keys = new Map(score.select(repeated).map((reading) => [reading.query, new Set(Array.from(reading.keys))]));
    const onKeys: Weight = (q, k) => (keys.get(q)?.has(k) === true ? 1 / (keys.get(q)?.size ?? 1) : 0);
    expect(scoreOf(score, repeated, onKeys)).toBeCloseTo(1, 6);
    expect(scoreOf(score, repeated, () => 0) ?? 0).toBeLessThan(1);
  });

  it('looks only at keys that a causal head can see', () => {
    const plain = promptOf([BOS, 7, 7, 8, BOS, 7, 8, 8, 7, 9, 7]);
    const readings = score.select(plain);
    expect(readings.length).toBeGreaterThan(0);
    for (const { query, keys } of readings) {
      expect(keys.length).toBeGreaterThan(0);
      for (const key of Array.from(keys)) expect(key >= 0 && key <= query, `${query} to ${key}`).toBe(true);
    }
  });
});

describe.each(scores)('$id', (score) => {
  it('does not count the first query, nor a prompt that has no other', () => {
    expect(score.select(repeated).every(({ query }) => query >= 1)).toBe(true);
    expect(score.select(promptOf([5]))).toEqual([]);
  });

  it('is the rule of SPEC.md that it names, formula and all', () => {
    const spec = readFileSync('engine/scores/SPEC.md', 'utf8');
    const section = spec.split(/^## /m).find((part) => part.startsWith(`${score.rule} ${score.id}\n`)) ?? '';
    expect(section).toContain(score.formula);
    expect(section).toContain(/\d{4}\.\d{5}/.exec(score.source)?.[0]);
  });
});

describe('selection', () => {
  const selected = (id: string, prompt: ScorePrompt) =>
    keyScores
      .filter((score) => score.id === id)
      .flatMap((score) => score.select(prompt))
      .map(({ query, keys }) => [query, Array.from(keys)]);

  it('takes all earlier occurrences, and no BOS for one', () => {
    const prompt = promptOf([BOS, 5, 6, 5, BOS, 5]);
    expect(selected('duplicateToken', prompt)).toEqual([
      [3, [1]],
      [5, [1, 3]],
    ]);
    expect(selected('induction', prompt)).toEqual([
      [3, [2]],
      [5, [2, 4]],
    ]);
    expect(selected('duplicateToken', { ...prompt, bosId: null })).toContainEqual([4, [0]]);
  });

  it('does not call a token induction that follows itself', () => {
    expect(selected('induction', promptOf([5, 5]))).toEqual([]);
    expect(selected('induction', promptOf([5, 5, 5]))).toEqual([[2, [1]]]);
  });

  it('copies where a pair comes again, from wherever the token stands', () => {
    expect(selected('copy', promptOf([5, 6, 7, 6, 5, 6]))).toEqual([[4, [1, 3]]]);
    expect(selected('copy', promptOf([5, 6, 7, 8]))).toEqual([]);
    expect(selected('copy', promptOf([BOS, 5, 6, BOS, 5]))).toEqual([]);
  });

  it('copies what a prompt says, if it stands before', () => {
    const ids = [5, 6, 7, 8];
    expect(selected('copyMass', promptOf(ids, { copies: [{ query: 3, tokens: [7, 5] }] }))).toEqual([[3, [0, 2]]]);
    expect(selected('copyMass', promptOf(ids, { copies: [{ query: 3, tokens: [9] }] }))).toEqual([]);
    expect(selected('copyMass', promptOf(ids, { copies: [{ query: 3, tokens: [8] }] }))).toEqual([]);
  });
});

describe('scores of what a head writes', () => {
  // Two heads over three positions; the first position would drown the rest.
  const axes = [
    { axis: 'B', size: 1 },
    { axis: 'P', size: 3 },
  ] as const;
  const norms = {
    write: tensor(Float32Array.of(900, 800, 3, 1, 5, 0), [...axes, { axis: 'N', size: 2 }]),
    residPre: tensor(Float32Array.of(9000, 6, 20), axes),
  };
  const pattern = tensor(new Float32Array(18), [
    { axis: 'B', size: 1 },
    { axis: 'N', size: 2 },
    { axis: 'P', size: 3 },
    { axis: 'K', size: 3 },
  ]);
  const valueOf = (id: string, head: number, of = norms) => {
    const { queries, sum } = promptReader(scoreById(id), promptOf([BOS, 5, 6]));
    return sum({ pattern, norms: of, from: 0, row: 0, head, length: 3 }) / queries;
  };

  it('are means over all positions but the first', () => {
    expect([valueOf('writeNorm', 0), valueOf('writeNorm', 1)]).toEqual([4, 0.5]);
    expect(valueOf('relativeWriteNorm', 0)).toBeCloseTo((3 / 6 + 5 / 20) / 2, 12);
    expect(valueOf('relativeWriteNorm', 1)).toBeCloseTo((1 / 6 + 0) / 2, 12);
  });

  it('have no ratio where the stream is 0, and stay finite', () => {
    const residPre = tensor(Float32Array.of(1, 0, 20), axes);
    expect(valueOf('relativeWriteNorm', 0, { ...norms, residPre })).toBeCloseTo(5 / 20 / 2, 12);
  });

  it('have no level of equal attention and no highest value', () => {
    expect(writeScores.map(({ id, unit, range }) => [id, unit, range])).toEqual([
      ['writeNorm', 'norm', [0, null]],
      ['relativeWriteNorm', 'ratio', [0, null]],
    ]);
    for (const score of writeScores) expect(uniformLevel(score, repeated, true)).toBeNull();
  });
});

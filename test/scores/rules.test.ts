/** Every rule of engine/scores/SPEC.md on patterns that are written down here. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { HeadScore, KeyScore, OverlapScore, ScorePrompt, WriteScore } from '../../engine/scores/headScore.ts';
import { scoreById, scores } from '../../engine/scores/index.ts';
import { reordered } from '../../engine/scores/reordered.ts';
import { uniformLevel } from '../../engine/scores/uniformLevel.ts';
import { joinAxis } from '../../engine/tensor/positions.ts';
import type { Tensor } from '../../engine/tensor/tensor.ts';
import { tensor } from '../../engine/tensor/tensor.ts';
import type { ReadingOptions, Weight } from './plantedReading.ts';
import { axesOf, patternOf, readPlanted } from './plantedReading.ts';

const BOS = 1;

function promptOf(ids: readonly number[], more: Partial<ScorePrompt> = {}): ScorePrompt {
  return { ids, bosId: BOS, copies: null, ...more };
}

/** The score of one head on one prompt; null where no query counts. */
function scoreOf(score: HeadScore, prompt: ScorePrompt, weight: Weight, options: ReadingOptions = {}): number | null {
  return readPlanted(score, prompt, { pattern: patternOf(prompt.ids.length, weight) }, options)?.[0] ?? null;
}

const keyScores = scores.filter((score): score is KeyScore => score.reading === 'mass' || score.reading === 'top');
const overlapScores = scores.filter((score): score is OverlapScore => score.reading === 'overlap');
const writeScores = scores.filter((score): score is WriteScore => score.reading === 'write');
const patternScores = scores.filter(({ reading }) => reading !== 'write' && reading !== 'overlap');

/** All weight on one key of each query. */
const on =
  (key: (q: number) => number): Weight =>
  (q, k) =>
    k === Math.max(0, key(q)) ? 1 : 0;
const uniform: Weight = (q, k) => (k <= q ? 1 / (q + 1) : 0);

/** [BOS] s s with s of 4 tokens: the second copy is at 5 to 8. */
const repeated = promptOf([BOS, 10, 11, 12, 13, 10, 11, 12, 13]);
const length = 4;

const tokens = (n: number) => promptOf(Array.from({ length: n }, (_, i) => 10 + i));
/** Scores that need more tokens than `repeated` has. */
const prompts: Readonly<Record<string, ScorePrompt>> = {
  localMass: tokens(40),
  blockSparsity: tokens(100),
  hiddenSinks: tokens(21),
  hiddenSinkMass: tokens(21),
  sinkMass: tokens(21),
};
const promptFor = ({ id }: Pick<HeadScore, 'id'>) => prompts[id] ?? repeated;

const previous = on((q) => q - 1);
const current = on((q) => q);
const first = on(() => 0);
const duplicate = on((q) => (q > length ? q - length : 0));
const twoSinks: Weight = (q, k) => (q < 7 ? first(q, k) : k === 3 || k === 7 ? 0.5 : 0);
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
  ],
  topShare: [
    [current, 1],
    [uniform, (1 / 2 + 1 / 3 + 1 / 4 + 1 / 5 + 1 / 6 + 1 / 7 + 1 / 8 + 1 / 9) / 8],
    [(q, k) => 0.75 * current(q, k) + 0.25 * previous(q, k), 0.75],
    [(_, k) => (k === 0 ? 0.25 : 0), 0.25],
  ],
  relativeEntropy: [
    [current, 0],
    [uniform, 1],
    // ln 2 / ln(q + 1)
    [
      (q, k) => 0.5 * current(q, k) + 0.5 * first(q, k),
      [2, 3, 4, 5, 6, 7, 8, 9].reduce((sum, keys) => sum + Math.log(2) / Math.log(keys), 0) / 8,
    ],
  ],
  // Queries 32 to 39.
  localMass: [
    [previous, 1],
    [on((q) => q - 31), 1],
    [on((q) => q - 32), 0],
    [first, 0],
    [(q, k) => 0.25 * current(q, k) + 0.75 * first(q, k), 0.25],
    [uniform, (32 / 33 + 32 / 34 + 32 / 35 + 32 / 36 + 32 / 37 + 32 / 38 + 32 / 39 + 32 / 40) / 8],
  ],
  // 32 queries see 2 blocks, 32 see 3, the last 4 see 4.
  blockSparsity: [
    [first, (32 * (1 / 2) + 32 * (2 / 3) + 4 * (3 / 4)) / 68],
    // Of the last band a quarter of the mass lies in the block before.
    [previous, (32 * (1 / 2) + 32 * (2 / 3) + 4 * (2 / 4)) / 68],
    [(q, k) => 0.5 * first(q, k) + (k === 32 ? 0.5 : 0), (32 * (1 / 3) + 4 * (2 / 4)) / 68],
    // 90 % are enough, 89 % are not.
    [(q, k) => 0.9 * first(q, k) + 0.1 * current(q, k), (32 * (1 / 2) + 32 * (2 / 3) + 4 * (3 / 4)) / 68],
    [(q, k) => 0.89 * first(q, k) + 0.11 * current(q, k), (32 * (1 / 3) + 4 * (2 / 4)) / 68],
  ],
  // 20 queries after the first; column k is seen by 21 - k of them.
  hiddenSinks: [
    [on((q) => (q >= 5 ? 5 : 0)), 1],
    [twoSinks, 2],
    [first, 0],
    // Column 11 has 1 in 10 queries: exactly 0.1.
    [previous, 0],
    [current, 0],
    [(q, k) => (q >= 3 && k === 3 ? 0.09 : 0), 0],
    // (1 / 2 + ... + 1 / 21) / 20 = 0.132 and less for later columns: more than 0.1 for 3 of them.
    [uniform, 3],
  ],
  hiddenSinkMass: [
    [on((q) => (q >= 5 ? 5 : 0)), 16 / 20],
    [twoSinks, 14 / 20],
    [first, 0],
    [previous, 0],
    [(q, k) => (q >= 5 && k === 5 ? 0.5 : 0), 8 / 20],
  ],
  sinkMass: [
    [on((q) => (q >= 5 ? 5 : 0)), 1],
    [twoSinks, 1],
    [first, 1],
    [previous, 1 / 20],
    [(q, k) => (q >= 5 && k === 5 ? 0.5 : 0), 8 / 20],
  ],
};

describe.each(patternScores)('$id', (score) => {
  it.each([Infinity, 5, 1])('has its value on planted patterns, read %d queries at a time', (chunk) => {
    const cases = planted[score.id] ?? [];
    expect(cases.length).toBeGreaterThanOrEqual(3);
    cases.forEach(([weight, expected], i) =>
      expect(scoreOf(score, promptFor(score), weight, { chunk }), `pattern ${i}`).toBeCloseTo(expected, 6),
    );
  });

  it('has the level that it states where attention is equal, and none of it is outside its range', () => {
    const prompt = promptFor(score);
    expect(uniformLevel(score, prompt, true)).toBeCloseTo(scoreOf(score, prompt, uniform) ?? NaN, 6);
    const everywhere: Weight = () => 1 / prompt.ids.length;
    const level = scoreOf(score, prompt, everywhere, { causal: false });
    expect(uniformLevel(score, prompt, false)).toBeCloseTo(level ?? NaN, 6);
    const [low, high] = score.range;
    for (const [, expected] of planted[score.id] ?? []) {
      expect(expected >= low && expected <= (high ?? Infinity)).toBe(true);
    }
  });
});

describe.each(keyScores)('$id', (score) => {
  it('is a share, 1 at most: all weight on its keys is 1', () => {
    expect([score.unit, score.range]).toEqual(['share', [0, 1]]);
    const prompt = promptFor(score);
    const keys = new Map(score.select(prompt).map((reading) => [reading.query, new Set(Array.from(reading.keys))]));
    const onKeys: Weight = (q, k) => (keys.get(q)?.has(k) === true ? 1 / (keys.get(q)?.size ?? 1) : 0);
    expect(scoreOf(score, prompt, onKeys)).toBeCloseTo(1, 6);
    expect(scoreOf(score, prompt, () => 0) ?? 0).toBeLessThan(1);
  });

  it('looks only at keys that a causal head can see', () => {
    const some = [BOS, 7, 7, 8, BOS, 7, 8, 8, 7, 9, 7];
    const plain = promptOf([...some, ...some, ...some, ...some]);
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

describe('meanDistance', () => {
  it('is as far ahead as back in a bidirectional model', () => {
    // The last query has no key after it.
    const ahead: Weight = (q, k) => (k === q + 1 ? 1 : 0);
    expect(scoreOf(scoreById('meanDistance'), repeated, ahead, { causal: false })).toBeCloseTo(7 / 8, 6);
  });
});

describe.each(overlapScores)('$id', (score) => {
  /** The pattern of a head on the prompt and on its tokens in another order. */
  const valueOf = (prompt: ScorePrompt, headOn: (ids: readonly number[]) => Weight, chunk = Infinity) => {
    const both = [prompt.ids, reordered(prompt, 0)].map((ids) => patternOf(ids.length, headOn(ids)));
    return readPlanted(score, prompt, { pattern: joinAxis(both, 'B') }, { chunk })?.[0];
  };
  const earlier = (ids: readonly number[], q: number) => ids.slice(0, q).lastIndexOf(ids[q] ?? NaN);
  /** To the token after the last earlier occurrence, else to the first. */
  const inductionOn = (ids: readonly number[]) => on((q) => earlier(ids, q) + (earlier(ids, q) >= 0 ? 1 : 0));
  const long = promptOf([BOS, ...tokens(30).ids, ...tokens(30).ids]);

  it.each([Infinity, 7])('is 1 where position alone decides, read %d queries at a time', (chunk) => {
    for (const weight of [previous, current, first, uniform, on((q) => q - 3)]) {
      expect(valueOf(long, () => weight, chunk)).toBeCloseTo(1, 6);
    }
    expect(valueOf(repeated, () => (q, k) => 0.25 * current(q, k) + 0.75 * previous(q, k))).toBeCloseTo(1, 6);
  });

  it('is the overlap where tokens decide', () => {
    const other = reordered(long, 0);
    const places = [long.ids, other].map((ids) => ids.map((_, q) => earlier(ids, q)));
    const same = long.ids.filter((_, q) => q >= 1 && places[0]?.[q] === places[1]?.[q]).length;
    expect(valueOf(long, inductionOn)).toBeCloseTo(same / 60, 6);
    expect(same / 60).toBeLessThan(0.5);
    // Half of it to a fixed place.
    const half = (ids: readonly number[]) => (q: number, k: number) =>
      0.5 * inductionOn(ids)(q, k) + 0.5 * current(q, k);
    expect(valueOf(long, half)).toBeCloseTo(0.5 + (0.5 * same) / 60, 1);
    // On `s s` its second half is a diagonal: read on one order alone it would look like a matter of position.
    const second = (ids: readonly number[]) => (q: number, k: number) => (q > 30 ? inductionOn(ids)(q, k) : 0);
    expect(valueOf(long, second)).toBeLessThan(0.05);
  });

  it('keeps BOS in front, and the tokens', () => {
    const other = reordered(long, 0);
    expect(other[0]).toBe(BOS);
    expect([...other].sort()).toEqual([...long.ids].sort());
    expect(other).not.toEqual(long.ids);
    expect(reordered(long, 1)).not.toEqual(other);
    expect(reordered({ ...long, bosId: null }, 0)[0]).not.toBe(BOS);
    expect([uniformLevel(score, long, true), score.select(promptOf([BOS, 5, 6]))]).toEqual([1, []]);
  });
});

describe('scores of what a head writes', () => {
  // Two heads over three positions, each with a direction of its own; the first position would drown the rest.
  const z = tensor(Float32Array.of(900, 800, 3, 1, 5, 0), axesOf('B P N H', [1, 3, 2, 1]));
  const outWeight = tensor(Float32Array.of(1, 0, 0, 1), axesOf('N H D', [2, 1, 2]));
  const streamOf = (...values: number[]) => tensor(Float32Array.from(values), axesOf('B P D', [1, 3, 2]));
  const residPre = streamOf(9000, 0, 0, -6, 12, 16);
  const pattern = tensor(new Float32Array(18), axesOf('B N P K', [1, 2, 3, 3]));
  const valuesOf = (id: string, stream: Tensor = residPre) =>
    readPlanted(scoreById(id), promptOf([BOS, 5, 6]), { pattern, z, outWeight, residPre: stream }) ?? [];

  it('are means over all positions but the first', () => {
    expect(valuesOf('writeNorm')).toEqual([4, 0.5]);
    const [one = NaN, two = NaN] = valuesOf('relativeWriteNorm');
    expect(one).toBeCloseTo((3 / 6 + 5 / 20) / 2, 12);
    expect(two).toBeCloseTo((1 / 6 + 0) / 2, 12);
  });

  it('say whether a head writes along the stream or against it, 0 where it writes nothing', () => {
    const [one = NaN, two = NaN] = valuesOf('writeCosine');
    expect(one).toBeCloseTo((0 + 12 / 20) / 2, 12);
    expect(two).toBeCloseTo((-1 + 0) / 2, 12);
  });

  it('have no ratio where the stream is 0, and stay finite', () => {
    const empty = streamOf(1, 0, 0, 0, 12, 16);
    expect(valuesOf('relativeWriteNorm', empty)[0]).toBeCloseTo(5 / 20 / 2, 12);
    expect(valuesOf('writeCosine', empty)[0]).toBeCloseTo(12 / 20 / 2, 12);
  });

  it('have no level of equal attention', () => {
    expect(writeScores.map(({ id, unit, range }) => [id, unit, range])).toEqual([
      ['writeNorm', 'norm', [0, null]],
      ['relativeWriteNorm', 'ratio', [0, null]],
      ['writeCosine', 'cosine', [-1, 1]],
    ]);
    for (const score of writeScores) expect(uniformLevel(score, repeated, true)).toBeNull();
  });
});

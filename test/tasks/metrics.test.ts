import { describe, expect, it } from 'vitest';
import {
  distribution,
  isCorrect,
  isMetricId,
  klDivergence,
  logitDifference,
  logSumExp,
  metrics,
  negativeLogLikelihood,
  probabilityDifference,
  rank,
  requireScorable,
} from '../../engine/tasks/metrics.ts';
import { measures } from '../../engine/terms/measures.ts';
import { seededRandom } from '../../engine/tensor/random.ts';

/** softmax is [1/10, 2/10, 3/10, 4/10]. */
const tenths = Float32Array.from([1, 2, 3, 4], Math.log);
const scored = (answers: number[], wrong: number[] = []) => ({ answers, wrong });

describe('metrics', () => {
  it('every metric has a unit, a range and a direction', () => {
    for (const id of Object.keys(metrics)) expect(measures).toHaveProperty(id);
    expect(isMetricId('rank')).toBe(true);
    expect(isMetricId('accuracy')).toBe(false);
    expect(isMetricId('toString')).toBe(false);
  });

  it('logit difference is the mean over answers minus the mean over wrong answers', () => {
    const logits = Float32Array.of(1, 5, -2, 8);
    expect(logitDifference(logits, scored([1], [2]))).toBe(7);
    expect(logitDifference(logits, scored([1, 3], [0, 2]))).toBe(7);
  });

  it('probability difference sums over both lists', () => {
    expect(probabilityDifference(tenths, scored([3], [0]))).toBeCloseTo(0.3, 7);
    expect(probabilityDifference(tenths, scored([2, 3], [0, 1]))).toBeCloseTo(0.4, 7);
    expect(probabilityDifference(tenths, scored([0], [1, 2, 3]))).toBeCloseTo(-0.8, 7);
  });

  it('rank counts the tokens above the best answer, and a tie counts for the answer', () => {
    const logits = Float32Array.of(3, 9, 3, 7);
    expect(rank(logits, scored([1]))).toBe(0);
    expect(rank(logits, scored([0]))).toBe(2);
    expect(rank(logits, scored([0, 3]))).toBe(1);
    expect(rank(Float32Array.of(NaN, 1), scored([0]))).toBeNaN();
  });

  it('negative log-likelihood is of all answers together, in nats', () => {
    expect(negativeLogLikelihood(tenths, scored([0]))).toBeCloseTo(Math.log(10), 6);
    expect(negativeLogLikelihood(tenths, scored([2, 3]))).toBeCloseTo(-Math.log(0.7), 6);
    expect(negativeLogLikelihood(tenths, scored([0, 1, 2, 3]))).toBe(0);
  });

  it('logits of any size neither overflow nor vanish', () => {
    const huge = Float32Array.of(3e38, 3e38, -3e38);
    expect(negativeLogLikelihood(huge, scored([0]))).toBeCloseTo(Math.log(2), 12);
    expect(probabilityDifference(huge, scored([0], [2]))).toBeCloseTo(0.5, 12);
    expect(negativeLogLikelihood(Float32Array.of(-1000, -1001), scored([0]))).toBeCloseTo(Math.log(1 + 1 / Math.E), 12);
    expect(negativeLogLikelihood(Float32Array.of(0, -Infinity), scored([1]))).toBe(Infinity);
    expect(negativeLogLikelihood(Float32Array.of(0, -2000), scored([1]))).toBe(2000);
    expect(logSumExp(Float32Array.of(-Infinity, -Infinity))).toBe(-Infinity);
    expect(logSumExp(Float32Array.of(700, 700))).toBeCloseTo(700 + Math.log(2), 12);
    expect(negativeLogLikelihood(Float32Array.of(0, NaN), scored([0]))).toBeNaN();
  });

  it('reads a view at its own offset and changes nothing', () => {
    const two = Float32Array.of(9, 9, 9, 9, ...tenths);
    const before = two.slice();
    const view = two.subarray(4);
    expect(rank(view, scored([2]))).toBe(1);
    expect(negativeLogLikelihood(view, scored([0]))).toBeCloseTo(Math.log(10), 6);
    expect(two).toEqual(before);
  });

  it('an answer is right only if all answers beat all wrong answers', () => {
    const logits = Float32Array.of(1, 2, 3, 4);
    expect(isCorrect(logits, scored([2, 3], [0, 1]))).toBe(true);
    expect(isCorrect(logits, scored([1, 3], [0, 2]))).toBe(false);
    expect(isCorrect(Float32Array.of(1, 1), scored([0], [1]))).toBe(false);
    expect(isCorrect(Float32Array.of(NaN, 1), scored([0], [1]))).toBe(false);
    expect(isCorrect(Float32Array.of(5, NaN), scored([0], [1]))).toBe(false);
  });

  it('without wrong answers every other token is wrong', () => {
    const logits = Float32Array.of(1, 2, 3, 4);
    expect(isCorrect(logits, scored([3]))).toBe(true);
    expect(isCorrect(logits, scored([2]))).toBe(false);
    expect(isCorrect(logits, scored([2, 3]))).toBe(true);
  });

  it('refuses ids outside the logits and empty lists', () => {
    const logits = Float32Array.of(1, 2);
    for (const metric of Object.values(metrics)) {
      expect(() => metric(logits, scored([], [0]))).toThrow(RangeError);
      expect(() => metric(logits, scored([2], [0]))).toThrow('token 2: expected an id below 2');
    }
    expect(() => logitDifference(logits, scored([0]))).toThrow(RangeError);
    expect(() => probabilityDifference(logits, scored([0]))).toThrow(RangeError);
  });

  it('says which key a prompt lacks for a metric', () => {
    expect(() => requireScorable(scored([1]), 'logitDifference', 'p.jsonl, line 3')).toThrow(
      'p.jsonl, line 3: no wrong: expected wrong for logitDifference, got none',
    );
    expect(() => requireScorable(scored([]), 'rank', 'x')).toThrow('x: no answer: expected answer for rank, got none');
    expect(() => requireScorable(scored([1]), 'negativeLogLikelihood', 'x')).not.toThrow();
  });
});

describe('KL divergence', () => {
  it('has the value known by hand', () => {
    const even = Float32Array.of(0, 0);
    const skew = Float32Array.from([3, 1], Math.log);
    expect(klDivergence(distribution(even), skew)).toBeCloseTo(0.5 * Math.log(4 / 3), 7);
    expect(klDivergence(distribution(skew), even)).toBeCloseTo(0.75 * Math.log(1.5) + 0.25 * Math.log(0.5), 7);
  });

  it('is zero for equal distributions, whatever is added to all logits', () => {
    const random = seededRandom(1);
    const logits = Float32Array.from({ length: 1000 }, () => 8 * random.normal());
    expect(klDivergence(distribution(logits), logits)).toBeLessThan(1e-12);
    const moved = logits.map((logit) => Math.fround(logit) + 64);
    expect(klDivergence(distribution(logits), moved)).toBeLessThan(1e-9);
  });

  it('agrees with the plain formula on random logits', () => {
    const random = seededRandom(2);
    const draw = () => Float32Array.from({ length: 500 }, () => 5 * random.normal());
    const [clean, edited] = [draw(), draw()];
    const [p, q] = [distribution(clean).probabilities, distribution(edited).probabilities];
    const plain = p.reduce((total, value, i) => total + value * Math.log(value / (q[i] as number)), 0);
    expect(klDivergence(distribution(clean), edited)).toBeCloseTo(plain, 10);
  });

  it('leaves out what has no probability, and is infinite where only the edited has none', () => {
    const none = Float32Array.of(0, 0, -Infinity);
    const all = Float32Array.of(0, 0, 0);
    expect(klDivergence(distribution(none), all)).toBeCloseTo(Math.log(1.5), 12);
    expect(klDivergence(distribution(none), none)).toBe(0);
    expect(klDivergence(distribution(all), none)).toBe(Infinity);
    expect(() => klDivergence(distribution(all), Float32Array.of(1))).toThrow(RangeError);
  });
});

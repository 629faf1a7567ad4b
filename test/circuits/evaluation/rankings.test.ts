/** Measures of rankings, against numbers worked out by hand. */
import { describe, expect, it } from 'vitest';
import { agreement } from '../../../engine/circuits/evaluation/agreement.ts';
import type { Graded } from '../../../engine/circuits/evaluation/graded.ts';
import { canGrade, graded } from '../../../engine/circuits/evaluation/graded.ts';
import { judge } from '../../../engine/circuits/evaluation/judge.ts';
import { meanRanks } from '../../../engine/circuits/evaluation/meanRanks.ts';
import { nodeOrder } from '../../../engine/circuits/evaluation/nodeOrder.ts';
import { precisionRecall } from '../../../engine/circuits/evaluation/precisionRecall.ts';
import { roc } from '../../../engine/circuits/evaluation/roc.ts';
import { untrainedDoesAsWell } from '../../../engine/circuits/evaluation/untrainedDoesAsWell.ts';
import type { NodeId } from '../../../engine/terms/nodes.ts';

/** `+3`: in the circuit with score 3; `-?`: outside, no score. */
function items(text: string): Graded[] {
  return text.split(' ').map((one) => ({
    isIn: one.startsWith('+'),
    score: one.slice(1) === '?' ? null : Number(one.slice(1)),
  }));
}

describe('ROC', () => {
  it('of a ranking without ties', () => {
    // The second of the circuit stands above 2 of 3 others: (3 + 2) / 6.
    const { points, auc, pessimistic } = roc(items('+4 -3 +2 -1 -0'));
    expect(auc).toBeCloseTo(5 / 6, 12);
    expect(pessimistic).toBe(auc);
    expect(points.map(([x, y]) => [x * 3, y * 2])).toEqual([
      [0, 0],
      [0, 1],
      [1, 1],
      [1, 2],
      [2, 2],
      [3, 2],
    ]);
  });

  it('of ties: half by straight lines, nothing by stairs', () => {
    const all = roc(items('+1 +1 -1 -1'));
    expect([all.auc, all.pessimistic, all.points]).toEqual([
      0.5,
      0,
      [
        [0, 0],
        [1, 1],
      ],
    ]);
    // 3 pairs of 4 are won, and one is tied.
    const some = roc(items('+2 +1 -1 -0'));
    expect([some.auc, some.pessimistic]).toEqual([3.5 / 4, 3 / 4]);
  });

  it('puts items without a score last, tied with each other', () => {
    const { auc, pessimistic } = roc(items('+5 +? -? --9'));
    // +5 beats both; +? ties with -? and loses to -9.
    expect([auc, pessimistic]).toEqual([2.5 / 4, 2 / 4]);
  });

  it('is 1 for all before, 0 for all after, and asks for both kinds', () => {
    expect([roc(items('+2 +1 -0')).auc, roc(items('-2 -1 +0')).auc]).toEqual([1, 0]);
    expect(() => roc(items('+1 +2'))).toThrow(RangeError);
  });
});

describe('precision and recall', () => {
  it('take ties whole and are not interpolated', () => {
    const { points, averagePrecision, bestF1 } = precisionRecall(items('+4 -3 +2 +2 -2 -0'));
    expect(points).toEqual([
      [1 / 3, 1],
      [1 / 3, 1 / 2],
      [1, 3 / 5],
      [1, 1 / 2],
    ]);
    expect(averagePrecision).toBeCloseTo(1 / 3 + (2 / 3) * (3 / 5), 12);
    // Three of five, all three found: 2 * 0.6 / 1.6.
    expect(bestF1).toBeCloseTo(0.75, 12);
  });
});

describe('what is graded', () => {
  const nodes: NodeId[] = ['L0H0', 'L0H1', 'L1H0', 'L1H1'];
  const reference = { items: [['L0H0', 'L1H1']], ignored: ['L0H1'] } as const;

  it('joins nodes that count together and drops those that count neither way', () => {
    expect(graded(nodes, [null, 9, 1, 2], reference)).toEqual([
      { score: 2, isIn: true },
      { score: 1, isIn: false },
    ]);
    expect(judge(nodes, [0, 9, 1, 2], reference).auc).toBe(1);
    expect(judge(nodes, [0, 9, 1, null], reference).auc).toBe(0);
  });

  it('needs nodes inside and outside', () => {
    expect([canGrade(nodes, reference), canGrade(nodes, { items: nodes.map((node) => [node]), ignored: [] })]).toEqual([
      true,
      false,
    ]);
    expect(canGrade(nodes, { items: [], ignored: [] })).toBe(false);
  });
});

describe('orders', () => {
  it('draw equals from the seed, alike for all lists of one length, and put nodes without a score last', () => {
    const scores = [1, null, 3, 1, 1, 1];
    expect(nodeOrder(scores, 5)).toEqual(nodeOrder(scores, 5));
    expect(nodeOrder(scores, 5)[0]).toBe(2);
    expect(nodeOrder(scores, 5).at(-1)).toBe(1);
    const tied = new Set(Array.from({ length: 20 }, (_, seed) => nodeOrder(scores, seed)[1]));
    expect([...tied].sort()).toEqual([0, 3, 4, 5]);
  });

  it('are averaged as ranks', () => {
    // Ranks 1 2.5 2.5 4 and 4 1 2 3; a node that one run has no score for ranks lowest there.
    const runs = [
      [0, 7, 7, 9],
      [50, null, 2, 3],
    ];
    expect(meanRanks(runs)).toEqual([2.5, 1.75, 2.25, 3.5]);
    expect(meanRanks([[1, null]])[1]).toBeNull();
  });

  it('agree by rank and by their best tenth', () => {
    const up = Array.from({ length: 20 }, (_, i) => i);
    const ranked = (scores: number[]) => ({ scores, order: nodeOrder(scores, 0) });
    expect(agreement(ranked(up), ranked(up))).toEqual({ spearman: 1, jaccard: 1 });
    expect(agreement(ranked(up), ranked([...up].reverse()))).toEqual({ spearman: -1, jaccard: 0 });
    // The best two: 19, 18 and 19, 0.
    const other = up.map((i) => (i === 0 ? 18.5 : i));
    expect(agreement(ranked(up), ranked(other)).jaccard).toBe(1 / 3);
    expect(agreement(ranked(up), ranked(up.map(() => 1))).spearman).toBeNull();
  });
});

describe('an untrained encoder', () => {
  const held = (method: string, ...aucs: number[]) => ({ method, reference: 'planted', aucs });

  it('is named where its interval reaches into that of the method', () => {
    const trained = held('discrete-sae', 0.7, 0.75, 0.8, 0.72);
    expect(untrainedDoesAsWell(trained, held('untrained', 0.3, 0.35, 0.4, 0.32))).toBeNull();
    expect(untrainedDoesAsWell(trained, held('untrained', 0.69, 0.74, 0.81, 0.73))).toMatch(
      /^discrete-sae against planted: an untrained encoder does as well \(AUC 0\.74\d \[0\.\d+, 0\.\d+\], untrained 0\.743 \[/,
    );
    expect(untrainedDoesAsWell(trained, held('untrained', 0.99, 0.98))).not.toBeNull();
  });

  it('with one run each is compared as it is', () => {
    expect(untrainedDoesAsWell(held('a', 0.8), held('untrained', 0.7))).toBeNull();
    expect(untrainedDoesAsWell(held('a', 0.7), held('untrained', 0.7))).toMatch(/one run/);
  });
});

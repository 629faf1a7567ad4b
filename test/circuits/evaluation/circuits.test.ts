/** Measures of circuits, against numbers worked out by hand. */
import { describe, expect, it } from 'vitest';
import { budgetAreas } from '../../../engine/circuits/evaluation/budgetAreas.ts';
import { mibBudgets, sizeAt } from '../../../engine/circuits/evaluation/budgets.ts';
import { faithfulness } from '../../../engine/circuits/evaluation/faithfulness.ts';
import { studyCircuit } from '../../../engine/circuits/evaluation/studyCircuit.ts';
import { seededRandom } from '../../../engine/tensor/random.ts';
import type { NodeId } from '../../../engine/terms/nodes.ts';

describe('faithfulness', () => {
  const ends = { whole: [4, 6], empty: [0, 2] };

  it('is a ratio of means, 1 and 0 at the ends without any spread', () => {
    expect(faithfulness([4, 6], ends)).toEqual([1, 1]);
    expect(faithfulness([0, 2], ends)).toEqual([0, 0]);
    const half = faithfulness([2, 4], ends);
    expect(half).toEqual([0.5, 0.5]);
    // (10 - 1) / (5 - 1), not capped.
    const above = faithfulness([12, 8], ends) ?? [];
    expect((above[0] ?? 0) / 2 + (above[1] ?? 0) / 2).toBeCloseTo(9 / 4, 12);
  });

  it('is not defined where replacing every node changes nothing', () => {
    expect(faithfulness([1, 2], { whole: [1, 2], empty: [2, 1] })).toBeNull();
  });
});

describe('areas over budgets', () => {
  it('are trapezoids on a linear axis from the smallest budget to the largest', () => {
    const points = [
      { share: 1, f: 1 },
      { share: 0.2, f: 0 },
      { share: 0.5, f: 2 },
    ];
    // 0.3 * (0 + 2) / 2 + 0.5 * (2 + 1) / 2; from 1: 0.3 * (1 + 1) / 2 + 0.5 * (1 + 0) / 2.
    const { cpr, cmd } = budgetAreas(points);
    expect(cpr).toBeCloseTo(1.05, 12);
    expect(cmd).toBeCloseTo(0.55, 12);
  });

  it('of the whole model at every budget of MIB are 0.999 and 0', () => {
    const { cpr, cmd } = budgetAreas(mibBudgets.map((share) => ({ share, f: 1 })));
    expect([cpr, cmd]).toEqual([expect.closeTo(0.999, 12), 0]);
  });

  it('take whole nodes, rounded down', () => {
    expect([sizeAt(0.29, 100), sizeAt(0.001, 270), sizeAt(0.01, 270), sizeAt(1, 7)]).toEqual([29, 0, 2, 7]);
  });
});

describe('a circuit that is studied', () => {
  const nodes: NodeId[] = ['L0H0', 'L0H1', 'L0H2', 'L0H3'];
  /** L0H0 gives 3 and L0H1 gives 2; L0H2 gives 3 where L0H0 is gone. */
  const metric = (removed: readonly NodeId[]) => {
    const has = (node: NodeId) => !removed.includes(node);
    return (has('L0H0') || has('L0H2') ? 3 : 0) + (has('L0H1') ? 2 : 0);
  };
  const study = (circuit: readonly NodeId[]) =>
    studyCircuit({
      ...{ nodes, circuit, random: seededRandom(1) },
      metricWithout: (sets) => Promise.resolve(sets.map(metric)),
    });

  it('is incomplete without the backup, and complete with it', async () => {
    expect((await study(['L0H0', 'L0H1'])).incompleteness.largest).toBe(3);
    expect((await study(['L0H0', 'L0H1', 'L0H2'])).incompleteness.largest).toBe(0);
  });

  it('shows which node is not needed, a backup where its mover is gone', async () => {
    const { minimality } = await study(['L0H0', 'L0H1', 'L0H3']);
    expect(minimality).toEqual([
      { node: 'L0H3', value: 0 },
      { node: 'L0H1', value: 2 },
      { node: 'L0H0', value: 3 },
    ]);
  });
});

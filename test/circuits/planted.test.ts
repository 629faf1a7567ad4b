/** The bench on models whose circuits are known: what each method can find there, and what it cannot. */
import { beforeAll, describe, expect, it } from 'vitest';
import type {
  CircuitArea,
  CircuitFaithful,
  CircuitRanking,
  CircuitStudied,
} from '../../engine/results/circuitBench.ts';
import type { BenchRun } from './bench.ts';
import { circuitRequest, runBench } from './bench.ts';

const methods = ['patching', 'ablation', 'atp', 'ig', 'gradxact', 'mean-difference'].map((id) => ({
  id,
  settings: {},
}));

function auc({ rows }: BenchRun, method: string, reference = 'planted'): number {
  const found = rows.find((row) => row.of === 'judged' && row.method === method && row.reference === reference);
  return found?.of === 'judged' ? found.aucPessimistic : NaN;
}

describe('planted-ioi', () => {
  let run: BenchRun;
  beforeAll(async () => {
    run = await runBench(circuitRequest('planted-ioi', 'ioi', 16, { methods, random: 2, studied: 0.3 }));
  });

  const curve = (method: string, order = 'absolute') =>
    run.rows.filter(
      (row): row is CircuitFaithful => row.of === 'faithful' && row.method === method && row.order === order,
    );

  it('is found by whatever looks at more than the slope at the clean prompt', () => {
    for (const method of ['patching', 'ablation', 'ig']) expect(auc(run, method), method).toBe(1);
    // The softmax of L1H2's readers is saturated there: its gradient is nothing, though without it the answer is wrong.
    for (const method of ['atp', 'gradxact']) expect(auc(run, method), method).toBe(0.75);
    expect(auc(run, 'mean-difference')).toBeLessThan(0.7);
  });

  it('names what is held against, with the backup joined to its mover', () => {
    const [planted, ...exact] = run.header.references;
    expect(planted).toMatchObject({ id: 'planted', nodes: ['L0H1', 'L1H2', 'L2H0', 'L3H1', 'L3H3'] });
    expect(planted?.note).toBe('L3H1 acts only without L2H0: both count as one, with the higher of their scores');
    expect(exact.map(({ id, nodes }) => [id, nodes.length])).toEqual([
      ['exact-5', 1],
      ['exact-10', 2],
      ['exact-20', 3],
    ]);
    expect(auc(run, 'patching', 'exact-20')).toBe(1);
  });

  it('keeps everything at all nodes, nothing at none, and its circuit at four', () => {
    expect(run.header.ends).toEqual({ whole: expect.closeTo(12, 3), empty: expect.closeTo(0, 3) });
    const points = curve('patching');
    expect(points.map(({ share, k }) => [share, k])).toEqual(
      [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1].map((share) => [share, Math.floor(16 * share)]),
    );
    const at = (k: number) => points.find((point) => point.k === k);
    expect(at(0)?.faithfulness).toMatchObject({ mean: 0, standardError: 0 });
    expect(at(16)?.faithfulness).toMatchObject({ mean: 1, standardError: 0 });
    expect(at(16)?.kl.mean).toBe(0);
    expect(at(8)?.faithfulness?.mean).toBeCloseTo(1, 5);
    // Three nodes without the one that works against the answer: 16 of 12 logits.
    expect(at(3)?.faithfulness?.mean).toBeCloseTo(16 / 12, 4);
  });

  it('gives areas, better with the sign than without where a node works against the answer', () => {
    const area = (method: string, order: string) =>
      run.rows.find((row): row is CircuitArea => row.of === 'area' && row.method === method && row.order === order);
    expect(area('patching', 'signed')?.cpr).toBeGreaterThan(area('patching', 'absolute')?.cpr ?? Infinity);
    expect(area('random', 'absolute')?.cmd).toBeGreaterThan(0.6);
    expect(area('mean-difference', 'signed')).toBeUndefined();
  });

  it('is complete and without a needless node where the ranking is right', () => {
    const studied = (method: string) =>
      run.rows.find((row): row is CircuitStudied => row.of === 'studied' && row.method === method);
    expect(studied('patching')?.k).toBe(4);
    expect(studied('patching')?.incompleteness.largest).toBeLessThan(1e-5);
    expect(studied('patching')?.minimality[0]).toMatchObject({ node: 'L3H3', value: expect.closeTo(4, 3) });
    expect(studied('atp')?.incompleteness.largest).toBeGreaterThan(1);
  });

  it('counts what every method ran', () => {
    const ran = run.rows
      .filter((row): row is CircuitRanking => row.of === 'ranking')
      .map(({ method, forwardPasses, backwardPasses }) => [method, forwardPasses / 16, backwardPasses / 16]);
    expect(ran).toEqual([
      ['patching', 18, 0],
      ['ablation', 18, 0],
      ['atp', 3, 1],
      ['ig', 12, 10],
      ['gradxact', 2, 1],
      ['mean-difference', 2, 0],
    ]);
    expect(run.modelSeconds).toBeLessThanOrEqual(run.seconds);
  });

  it('warns of few prompts', () => {
    expect(run.warnings).toEqual([expect.stringMatching(/^16 prompts: rankings of so few/)]);
  });
});

describe('other planted circuits', () => {
  it('what the counterfactual prompt leaves as it is has no effect there: only ablation finds L0H4', async () => {
    const chosen = methods.filter(({ id }) => id === 'patching' || id === 'ablation');
    const run = await runBench(circuitRequest('planted-decoys', 'keyValue', 8, { methods: chosen }));
    expect([auc(run, 'patching'), auc(run, 'ablation')]).toEqual([2 / 3, 1]);
    // None of the sixteen nodes without any effect.
    expect(run.header.references.at(-1)?.nodes.toSorted()).toEqual(['L0H1', 'L1H3']);
  });

  it('are ordered by what lowers the loss, where lower is better', async () => {
    const run = await runBench(circuitRequest('planted-induction', 'induction', 8));
    expect(run.header.metricId).toBe('negativeLogLikelihood');
    expect(auc(run, 'patching')).toBe(1);
    const [ranking] = run.rows.filter((row): row is CircuitRanking => row.of === 'ranking');
    expect(ranking?.signed?.[2]).toBeGreaterThan(1);
    const signed = run.rows.filter((row): row is CircuitFaithful => row.of === 'faithful' && row.order === 'signed');
    expect(signed.find(({ k }) => k === 4)?.faithfulness?.mean).toBeCloseTo(1, 4);
  });

  it('are found by restoring nodes too, and by the mean in place of the counterfactual', async () => {
    const restored = { id: 'patching', settings: { direction: 'denoising' } };
    const run = await runBench(
      circuitRequest('planted-induction', 'induction', 8, {
        methods: [restored, { id: 'patching', settings: {} }],
        outside: 'mean',
        references: [{ kind: 'planted' }],
        budgets: [0.5, 1],
      }),
    );
    expect(run.header.references.map(({ id }) => id)).toEqual(['planted']);
    expect(auc(run, 'patching direction=denoising')).toBe(1);
    expect(auc(run, 'patching')).toBe(1);
    expect(run.rows.filter(({ of }) => of === 'faithful')).toHaveLength(8);
  });

  it('GradDrop is a magnitude: it has no signed order', async () => {
    const atp = [false, true].map((gradDrop) => ({ id: 'atp', settings: { gradDrop } }));
    const run = await runBench(circuitRequest('planted-induction', 'induction', 8, { methods: atp }));
    const orders = run.rows.flatMap((row) => (row.of === 'area' ? [[row.method, row.order]] : []));
    expect(orders).toEqual([
      ['atp gradDrop=false', 'absolute'],
      ['atp gradDrop=false', 'signed'],
      ['atp gradDrop=true', 'absolute'],
    ]);
    expect(run.rows.filter(({ of }) => of === 'agreement')).toHaveLength(1);
  });
});

/** What the Circuits place makes of the rows of a run: areas over seeds, curves, ranks, and the sentence on top. */
import { describe, expect, it } from 'vitest';
import { nodeOrder } from '../../../engine/circuits/evaluation/nodeOrder.ts';
import {
  chosenMethods,
  circuitRequest,
  outsideOf,
  reasonAgainst,
} from '../../../renderer/views/circuits/benchRequest.ts';
import {
  circuitNodes,
  handWithin,
  handWords,
  nothingByHand,
  toggled,
} from '../../../renderer/views/circuits/circuitChoice.ts';
import type { CircuitView } from '../../../renderer/views/circuits/circuitRows.ts';
import { circuitOf, rankedMethods, rankingOf } from '../../../renderer/views/circuits/circuitRows.ts';
import { firstCircuitsSettings } from '../../../renderer/views/circuits/circuitsSettings.ts';
import { areaOf, faithfulLine, randomBand } from '../../../renderer/views/circuits/faithfulLines.ts';
import { headlineOf, referenceWords, verdictOf } from '../../../renderer/views/circuits/headline.ts';
import { curveOver, judgementsOf, precisionAt, rocAt, seedMean } from '../../../renderer/views/circuits/judgements.ts';
import type { MethodInfo } from '../../../renderer/views/circuits/methodLooks.ts';
import { looksOf } from '../../../renderer/views/circuits/methodLooks.ts';
import { nodeRows, orderedNodes, ranksOf } from '../../../renderer/views/circuits/nodeRows.ts';
import { faithful, judged, nodes, ranking, runRows, shape } from './circuitsSample.ts';

const info = (id: string, role: MethodInfo['role'], rest: Partial<MethodInfo> = {}): MethodInfo => ({
  ...{
    id,
    role,
    title: `${id} title`,
    about: '',
    source: '',
    nodes: ['heads'],
    needs: [],
    seeded: true,
    settings: [],
    leastPrompts: 1,
  },
  ...rest,
});
const known = [info('discrete-sae', 'method'), info('untrained', 'control'), info('atp', 'method')];

function viewOf(rows: Parameters<typeof runRows>[0]): CircuitView {
  const view = circuitOf(runRows(rows));
  if (view === null) throw new Error('no header');
  return view;
}

describe('rows of a circuit run', () => {
  it('are nothing until the header, and keep the ranking over seeds as the method’s', () => {
    expect(circuitOf([])).toBeNull();
    const view = viewOf([
      ranking('discrete-sae', 0, [0, 1, 2, 3]),
      ranking('discrete-sae', 'mean', [0, 0, 0, 9]),
      ranking('atp', null, [1, 2, null, 4]),
    ]);
    expect(rankedMethods(view)).toEqual(['discrete-sae', 'atp']);
    expect(rankingOf(view, 'discrete-sae')?.seed).toBe('mean');
    expect(rankingOf(view, 'atp')?.scores).toEqual([1, 2, null, 4]);
    expect(rankingOf(view, 'untrained')).toBeNull();
  });
});

describe('areas over seeds', () => {
  it('are the mean of the seeds’ own with Student’s interval, and leave the ranking over seeds out', () => {
    const view = viewOf([judged('a', 0, 0.8), judged('a', 1, 0.9), judged('a', 'mean', 1), judged('b', null, 0.7)]);
    const [a, b] = judgementsOf(view, 'planted');
    expect(a?.auc.mean).toBeCloseTo(0.85);
    // 12.706 * 0.05: two values, one degree of freedom.
    expect(a?.auc.interval?.[1]).toBeCloseTo(0.85 + 0.6353, 3);
    expect(a?.auc.n).toBe(2);
    expect(a?.rows.map(({ seed }) => seed)).toEqual([0, 1]);
    expect(b?.auc).toEqual({ mean: 0.7, interval: null, overNodes: [0.5, 0.9], n: 1 });
    expect(judgementsOf(view, 'another')).toEqual([]);
  });

  it('are told apart only where the difference leaves its interval', () => {
    const at = (mean: number, half: number | null) => ({
      ...{ mean, n: half === null ? 1 : 5 },
      interval: half === null ? null : ([mean - half, mean + half] as const),
    });
    expect(verdictOf(at(0.84, 0.04), at(0.85, 0.04))).toBe('alike');
    expect(verdictOf(at(0.95, 0.03), at(0.84, 0.04))).toBe('better');
    expect(verdictOf(at(0.5, null), at(0.84, 0.04))).toBe('worse');
    expect(verdictOf(at(0.5, null), at(0.84, null))).toBe('unknown');
  });
});

describe('curves', () => {
  const steps = [
    [0, 0],
    [0, 0.5],
    [0.5, 0.5],
    [0.5, 1],
    [1, 1],
  ] as const;

  it('are the rate at the best threshold, and straight between tied ones', () => {
    expect([0, 0.25, 0.5, 1].map((x) => rocAt(steps, x))).toEqual([0.5, 0.5, 1, 1]);
    expect(
      rocAt(
        [
          [0, 0],
          [1, 1],
        ],
        0.3,
      ),
    ).toBeCloseTo(0.3);
    expect(
      precisionAt(
        [
          [0.5, 1],
          [1, 0.4],
        ],
        0.6,
      ),
    ).toBe(0.4);
  });

  it('over seeds have the mean area', () => {
    const { x, y } = curveOver(
      [
        [
          [0, 0],
          [1, 1],
        ],
        [
          [0, 1],
          [1, 1],
        ],
      ],
      rocAt,
    );
    const area = x.slice(1).reduce((sum, at, i) => sum + (at - (x[i] ?? 0)) * (((y[i] ?? 0) + (y[i + 1] ?? 0)) / 2), 0);
    expect(area).toBeCloseTo((0.5 + 1) / 2, 6);
    expect(curveOver([steps], rocAt)).toEqual({ x: [0, 0, 0.5, 0.5, 1], y: [0, 0.5, 0.5, 1, 1] });
  });

  it('of faithfulness go by size, in the wanted order where the method has it, random ones as a band', () => {
    const view = viewOf([
      faithful('atp', null, 'absolute', 2, 0.9),
      faithful('atp', null, 'absolute', 1, 0.5),
      faithful('atp', null, 'signed', 1, 0.7),
      faithful('c', null, 'signed', 1, 0.2),
      faithful('random', 0, 'signed', 1, 0),
      faithful('random', 1, 'signed', 1, 0.4),
    ]);
    expect(faithfulLine(view, 'atp', 'absolute', 'faithfulness')).toMatchObject({ k: [1, 2], y: [0.5, 0.9] });
    expect(faithfulLine(view, 'atp', 'signed', 'kl').y).toEqual([1 - 0.7]);
    expect(faithfulLine(view, 'c', 'absolute', 'faithfulness').y).toEqual([0.2]);
    expect(randomBand(view, 'faithfulness')).toMatchObject({
      share: [0.25],
      y: [0.2],
      low: [0],
      high: [0.4],
      draws: 2,
    });
    expect(areaOf(view, 'atp', 'absolute').cpr).toBeNaN();
  });
});

describe('nodes', () => {
  it('share the mean of tied ranks, and have none where a method says nothing', () => {
    expect(ranksOf([3, 1, 3, null])).toEqual([1.5, 3, 1.5, NaN]);
  });

  it('go by size, or by what their removal costs', () => {
    const row = { scores: [3, 2, 1, null], signed: [-3, 2, 1, 5] };
    const header = { nodes, metricId: 'logitDifference' } as const;
    expect(orderedNodes(header, row, 'absolute')).toEqual(['L0H0', 'L0H1', 'L1H0']);
    expect(orderedNodes(header, row, 'signed')).toEqual(['L0H0', 'L1H0', 'L0H1']);
    expect(orderedNodes({ ...header, metricId: 'rank' }, row, 'signed')).toEqual(['L0H1', 'L1H0', 'L0H0']);
    expect(orderedNodes(header, { ...row, signed: null }, 'signed')).toEqual(['L0H0', 'L0H1', 'L1H0']);
  });

  it('that are tied come as the run drew them: the best k are those of its curve', () => {
    const many = Array.from({ length: 32 }, (_, i) => `L${Math.floor(i / 4)}H${i % 4}`);
    const named = (order: readonly number[]) => order.map((index) => many[index]);
    const alike = many.map(() => 0);
    const drawn = nodeOrder(alike, 7).map((index) => many[index] ?? '');
    const header = { nodes: many, drawn, metricId: 'logitDifference' } as const;
    expect(drawn).not.toEqual(many);
    for (const scores of [alike, many.map((_, i) => i % 3), many.map((_, i) => (i < 20 ? 1 : i))]) {
      expect(orderedNodes(header, { scores, signed: null }, 'absolute')).toEqual(named(nodeOrder(scores, 7)));
      const helps = scores.map((score) => -score);
      expect(orderedNodes(header, { scores, signed: scores }, 'signed')).toEqual(named(nodeOrder(helps, 7)));
    }
  });

  it('are rows with every method’s rank and the references that have them', () => {
    const view = viewOf([ranking('a', null, [0, 1, 2, 3]), ranking('b', null, [9, 0, 0, 0])]);
    const rows = nodeRows(view, 'a', shape);
    expect(rows[3]).toMatchObject({
      node: 'L1H1',
      cell: 3,
      head: { layer: 1, head: 1 },
      score: 3,
      references: ['planted'],
    });
    expect(rows[3]?.ranks).toEqual({ a: 1, b: 3 });
  });
});

describe('a circuit', () => {
  const order = ['L1H1', 'L0H1', 'L1H0'];

  it('forgets nodes that another model had', () => {
    const hand = { added: ['L0H0', 'L9H9'], removed: ['L8H8'] };
    expect(handWithin(hand, nodes)).toEqual({ added: ['L0H0'], removed: [] });
  });

  it('is the best k, and what was changed by hand', () => {
    const out = toggled(order, 2, nothingByHand, 'L0H1');
    expect(circuitNodes(order, 2, out)).toEqual(['L1H1']);
    const both = toggled(order, 2, out, 'L0H0');
    expect(circuitNodes(order, 2, both)).toEqual(['L1H1', 'L0H0']);
    expect(handWords(order, 2, both)).toBe('+L0H0 −L0H1');
    expect(circuitNodes(order, 2, toggled(order, 2, toggled(order, 2, both, 'L0H0'), 'L0H1'))).toEqual([
      'L1H1',
      'L0H1',
    ]);
  });
});

describe('what can be run', () => {
  const prompts = { total: 8, counterfactuals: 8, negatives: 0 };

  it('is said with the reason', () => {
    const needy = info('discrete-sae', 'method', { needs: ['negative'] });
    expect(reasonAgainst(needy, 'heads', prompts)).toBe('needs a negative twin of every prompt: 0 of 8 have one');
    expect(reasonAgainst(needy, 'headsAndMlps', prompts)).toBe('ranks heads alone');
    const trained = info('discrete-sae', 'method', { leastPrompts: 9 });
    expect(reasonAgainst(trained, 'heads', prompts)).toBe('needs 9 prompts or more: there are 8');
    expect(reasonAgainst(needy, 'heads', null)).toBeNull();
    expect(chosenMethods([needy, ...known.slice(1)], { methods: null, nodes: 'heads' }, prompts)).toHaveLength(2);
    expect(outsideOf('counterfactual', { ...prompts, counterfactuals: 7 })).toBe('mean');
  });

  it('is asked for with what differs from the defaults', () => {
    const settings = { ...firstCircuitsSettings, settings: { atp: { drop: true } } };
    const on = { model: 'm', prompts: { kind: 'task', task: 'ioi', n: 8, seed: 0 } as const, seed: 0 };
    expect(circuitRequest(settings, known.slice(2), prompts, on)).toMatchObject({
      ...{ model: 'm', nodes: 'heads', seeds: 10, outside: 'counterfactual' },
      methods: [{ id: 'atp', settings: { drop: true } }],
    });
  });
});

describe('the sentence on top', () => {
  const looks = looksOf(['discrete-sae', 'untrained', 'atp'], known);
  const sentences = (rows: Parameters<typeof runRows>[0]) => {
    const view = viewOf(rows);
    const [reference] = view.header.references;
    if (reference === undefined) throw new Error('no reference');
    return headlineOf({ judgements: judgementsOf(view, reference.id), looks });
  };

  it('says that the untrained encoder does as well', () => {
    const rows = [
      ...[0.81, 0.84, 0.87].map((auc, seed) => judged('untrained', seed, auc)),
      ...[0.82, 0.85, 0.88].map((auc, seed) => judged('discrete-sae', seed, auc)),
    ];
    expect(sentences(rows)).toEqual([
      'The untrained encoder does as well as the trained one: AUC 0.84 [0.77, 0.91] (3 seeds) against 0.85 [0.78, 0.92] (3 seeds).',
      'No method can be told from every control (best of the methods: discrete-sae title 0.85 [0.78, 0.92] (3 seeds); best of the controls: untrained title 0.84 [0.77, 0.91] (3 seeds)).',
    ]);
  });

  it('says what the reference is, its size once', () => {
    const reference = { id: 'r', title: 'top 5 % (2 of 32)', nodes: ['L0H0', 'L0H1'], note: 'measured here' };
    expect(referenceWords({ reference, ranked: 32 })).toBe('Held against top 5 %: 2 of 32 nodes, measured here.');
  });

  it('does not praise what is below chance', () => {
    const rows = [
      ...[0.2, 0.21, 0.22].map((auc, seed) => judged('untrained', seed, auc)),
      ...[0.32, 0.33, 0.34].map((auc, seed) => judged('discrete-sae', seed, auc)),
    ];
    expect(sentences(rows)[0]).toMatch(/^The trained encoder does better .*, and neither is above chance: AUC 0\.33/);
  });

  it('says which does better, and nothing before there is a number', () => {
    const rows = [
      ...[0.5, 0.51, 0.52].map((auc, seed) => judged('untrained', seed, auc)),
      ...[0.82, 0.85, 0.88].map((auc, seed) => judged('discrete-sae', seed, auc)),
      judged('atp', null, 1),
    ];
    const [first, second] = sentences(rows);
    expect(first).toMatch(/^The trained encoder does better than the untrained one: AUC 0\.85 .* against 0\.51/);
    expect(second).toMatch(
      /^A method does better than every control \(best of the methods: atp title 1\.00 \[0\.50, 0\.90\] \(over nodes\);/,
    );
    expect(sentences([])).toEqual([]);
  });

  it('does not compare what has no interval', () => {
    const [first] = sentences([judged('untrained', 0, 0.5), judged('discrete-sae', 0, 0.9)]);
    expect(first).toMatch(/one seed each/);
    expect(seedMean([0.5]).interval).toBeNull();
  });
});

/** Where nodes stand and what is written of them; agreement as a square; counts by prompts; records that leave the window. */
import { describe, expect, it } from 'vitest';
import type { Circuit } from '../../../engine/results/circuit.ts';
import { checkCircuit } from '../../../engine/results/circuit.ts';
import type { CircuitHeader } from '../../../engine/results/circuitBench.ts';
import { agreementGrid } from '../../../renderer/views/circuits/agreementGrid.ts';
import { bandsWords, publishedBands } from '../../../renderer/views/circuits/publishedBands.ts';
import { circuitFile } from '../../../renderer/views/circuits/circuitFile.ts';
import { circuitOf } from '../../../renderer/views/circuits/circuitRows.ts';
import { cellAt, diagramLayout, middleOf, moveInDiagram } from '../../../renderer/views/circuits/diagramLayout.ts';
import { judgementsOf } from '../../../renderer/views/circuits/judgements.ts';
import { foldCircuit, nothingMeasured, randomWords } from '../../../renderer/views/circuits/liveCircuit.ts';
import { looksOf } from '../../../renderer/views/circuits/methodLooks.ts';
import { nodeRows } from '../../../renderer/views/circuits/nodeRows.ts';
import {
  faithfulRecords,
  methodRecords,
  nodeRecords,
  sampledRecords,
} from '../../../renderer/views/circuits/records.ts';
import { recordsCsv } from '../../../renderer/views/circuits/recordTable.tsx';
import { leftOutWords, sampledLines } from '../../../renderer/views/circuits/sampledLines.ts';
import { faithful, judged, ranking, runRows, shape } from './circuitsSample.ts';

type Band = NonNullable<CircuitHeader['bands']>[number];

const circuitShape = {
  ...{ layers: 2, heads: 16, kvHeads: 16, headWidth: 4, width: 64, mlpWidth: null },
  ...{ vocabulary: 9, outputVocabulary: 9, context: 64 },
};

describe('the drawing of nodes', () => {
  const layout = diagramLayout(shape, true, { width: 300, height: 200 });

  it('has the last layer on top and MLPs after the heads', () => {
    const [first, last, mlp] = [0, 3, 5].map((cell) => middleOf(layout, cell));
    expect(first?.[1]).toBeGreaterThan(last?.[1] ?? Infinity);
    expect(mlp?.[0]).toBeGreaterThan(last?.[0] ?? Infinity);
    for (const cell of [0, 1, 2, 3, 4, 5]) expect(cellAt(layout, ...middleOf(layout, cell))).toBe(cell);
    expect(cellAt(layout, 1, 1)).toBeNull();
  });

  it('is gone through by keys, past a head that a pruned layer lacks', () => {
    expect(moveInDiagram(layout, 0, 'ArrowUp')).toBe(2);
    expect(moveInDiagram(layout, 3, 'ArrowRight')).toBe(5);
    expect(moveInDiagram(layout, 3, 'ArrowUp')).toBe(3);
    expect(moveInDiagram(layout, 0, 'x')).toBeNull();
    const pruned = diagramLayout({ ...shape, headsOf: [2, 1] }, false, { width: 300, height: 200 });
    expect(moveInDiagram(pruned, 1, 'ArrowUp')).toBe(1);
  });

  it('gives methods colours, controls dashes', () => {
    const known = {
      title: 'C',
      about: '',
      source: '',
      nodes: [],
      needs: [],
      seeded: false,
      settings: [],
      leastPrompts: 1,
    };
    const [a, c, b] = looksOf(['a', 'c', 'b'], [{ ...known, id: 'c', role: 'control' }]);
    expect([a?.colour, b?.colour]).toEqual(['var(--series-1)', 'var(--series-2)']);
    expect(c).toMatchObject({ title: 'C', colour: 'var(--mark)', dash: '5 3' });
  });
});

describe('numbers beside it', () => {
  it('say how random circuits fared, as far as they came', () => {
    const one = foldCircuit(nothingMeasured, { kind: 'random', index: 0, faithfulness: 0.1, metric: 1, kl: 2 });
    const two = foldCircuit(one, { kind: 'random', index: 1, faithfulness: 0.31, metric: 1, kl: 2 });
    expect(randomWords(nothingMeasured.random, ({ kl }) => kl)).toBe('random circuits follow');
    expect(randomWords(two.random, ({ faithfulness }) => faithfulness)).toBe('random 0.100 to 0.310 (2 circuits)');
  });

  it('of agreement fill a square, unknown ones apart', () => {
    const row = { kind: 'row', of: 'agreement', a: 'y', b: 'x', spearman: null, jaccard: 0.25 } as const;
    expect([...agreementGrid([row], ['x', 'y'], 'jaccard')]).toEqual([1, 0.25, 0.25, 1]);
    expect([...agreementGrid([row], ['x', 'y'], 'spearman')]).toEqual([1, NaN, NaN, 1]);
  });

  it('by prompts counted are means over seeds, fewest first', () => {
    const row = (prompts: number, seed: number, auc: number) =>
      ({ kind: 'row', of: 'sampled', method: 'a', seed, prompts, reference: 'r', auc }) as const;
    const [line] = sampledLines([row(8, 0, 0.9), row(4, 0, 0.5), row(4, 1, 0.7)], 'r');
    expect(line?.x).toEqual([4, 8]);
    expect(line?.y[0]).toBeCloseTo(0.6);
    expect(line?.low[1]).toBe(0.9);
    const one = { ...row(8, 0, 0.9), overNodes: [0.7, 1] as const };
    expect(sampledLines([one], 'r')[0]).toMatchObject({ low: [0.7], high: [1] });
  });

  it('that are left out are named', () => {
    const row = (method: string, prompts: number) =>
      ({ kind: 'row', of: 'unsampled', method, seed: 0, prompts, reason: 'too few' }) as const;
    const rows = [row('a', 10), row('a', 5), row('b', 5)];
    expect(leftOutWords(rows, (method) => method.toUpperCase())).toBe('A on 5, 10 prompts; B on 5 prompts');
    expect(recordsCsv(sampledRecords({ sampled: [], unsampled: rows })).split('\r\n')[1]).toBe('a,0,10,,,,,too few');
  });
});

describe('records', () => {
  const view = circuitOf(
    runRows([ranking('a', null, [0, 1, 2, null]), judged('a', null, 0.75), faithful('a', null, 'absolute', 2, 0.5)]),
  );
  if (view === null) throw new Error('no header');

  it('hold each number with its interval', () => {
    const [head, first] = recordsCsv(faithfulRecords(view)).split('\r\n');
    expect(head?.split(',').slice(0, 8)).toEqual([
      'method',
      'draw',
      'order',
      'k',
      'share',
      'faithfulness',
      'faithfulness_low_95',
      'faithfulness_high_95',
    ]);
    expect(first).toBe('a,,absolute,2,0.5,0.5,0.3,0.7,2,1.8,2.2,0.5,0.3,0.7,8');
  });

  it('leave out what is not known', () => {
    const [, ...lines] = recordsCsv(nodeRecords(nodeRows(view, 'a', shape), view))
      .trim()
      .split('\r\n');
    expect(lines.at(-1)).toBe('L1H1,,,,,planted');
    const [look] = looksOf(['a'], []);
    const [judgement] = judgementsOf(view, 'planted');
    if (look === undefined || judgement === undefined) throw new Error('no method');
    const area = { cpr: NaN, cmd: NaN };
    const records = methodRecords([{ look, judgement, area, seconds: 1, passes: { forward: 2, backward: 0 } }]);
    expect(recordsCsv(records).split('\r\n')[1]).toBe(
      'a,method,1,0.75,,,0.65,,,0.75,,,0.75,,,,,1,2,0,0.5,0.9,0.4,0.8,0.3,0.95,,,,',
    );
  });
});

describe('a circuit file of what is shown', () => {
  const ranked: Circuit = {
    ...({ schema: 'headscope-circuit', schema_version: '1.0.0', task: null, source: 'atp', level: 'nodes' } as const),
    model: { name: 'm', architecture: 'llama', order: 'sequential', shape: circuitShape },
    nodes: (['L0H0', 'L0H1', 'L1H1', 'L1H10'] as const).map((id, i) => ({ id, role: null, score: i })),
    edges: [],
  };

  it('has its nodes in order of computation with the method’s scores', () => {
    const file = circuitFile({ ranked, nodes: ['L1H1', 'L0H0'], changes: '' });
    expect(file.source).toBe('atp');
    expect(file.nodes).toEqual([
      { id: 'L0H0', role: null, score: 0 },
      { id: 'L1H1', role: null, score: 2 },
    ]);
    expect(checkCircuit(JSON.parse(JSON.stringify(file)), 'circuit.json')).toEqual(file);
  });

  it('says what was changed by hand, and has no score where the method says nothing', () => {
    const file = circuitFile({ ranked, nodes: ['L1H1', 'L1H10', 'L1H2'], changes: '+L1H10 +L1H2 −L0H0' });
    expect(file.source).toBe('atp; changed by hand: +L1H10 +L1H2 −L0H0');
    expect(file.nodes).toEqual([
      { id: 'L1H1', role: null, score: 2 },
      { id: 'L1H2', role: null, note: 'put in by hand' },
      { id: 'L1H10', role: null, score: 3, note: 'put in by hand' },
    ]);
    expect(checkCircuit(file, 'circuit.json')).toEqual(file);
  });
});

describe('published areas', () => {
  const band = (reference: string, low: number, high: number, rest: Partial<Band> = {}): Band => ({
    ...{ title: `of ${reference}`, reference, level: 'nodes', area: 'trapezoid', low, high },
    ...rest,
  });
  const header = {
    model: { name: 'GPT-2 small' },
    calibration: { dataset: 'ioi' },
    references: [
      { id: 'ioiOneillBui', title: 'IOI (23 of 144)', nodes: [], note: null },
      { id: 'ioiAcdc', title: 'IOI of ACDC', nodes: [], note: null },
    ],
    bands: [
      band('ioiOneillBui', 0.86, 0.876),
      band('ioiOneillBui', 0.816, 0.864, { level: 'coVariation' }),
      band('ioiAcdc', 0.88, 0.88, { area: 'pessimistic' }),
    ],
  } as unknown as CircuitHeader;

  it('stand by their labels, those of the chosen reference first', () => {
    const rows = publishedBands(header, 'ioiAcdc');
    expect(rows.map(({ labels, range, isChosen }) => [labels, range, isChosen])).toEqual([
      ['IOI of ACDC', '0.88', true],
      ['IOI', '0.86 to 0.88', false],
      ['IOI', '0.82 to 0.86', false],
    ]);
    expect(rows[0]?.area).toMatch(/pessimistic/);
    expect(rows[2]?.level).toMatch(/^edges of the paper/);
  });

  it('are summed up with model and task; an area that is taken otherwise is left out', () => {
    expect(bandsWords(header, 'ioiOneillBui')).toBe(
      'Published on GPT-2 small, ioi: AUC 0.82 to 0.88 against these labels (2 of 3 numbers)',
    );
    expect(bandsWords(header, 'ioiAcdc')).toMatch(/no such AUC against these labels/);
    const { bands: _, ...without } = header;
    expect(bandsWords(without, null)).toBeNull();
    expect(publishedBands(without, null)).toEqual([]);
  });
});

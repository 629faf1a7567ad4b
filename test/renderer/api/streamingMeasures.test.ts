import { describe, expect, it } from 'vitest';
import type { RunRow } from '../../../engine/results/runs.ts';
import { rankHeads } from '../../../renderer/api/rankHeads.ts';
import { fingerprintOf, measuresOfRun, refreshMeasures } from '../../../renderer/api/measuresOfRun.ts';
import type { RunTable } from '../../../renderer/api/runTables.ts';
import { foldRow } from '../../../renderer/api/runTables.ts';
import { duoRows, importanceStart, scoresStart, streamingRows } from './everyMeasure.ts';
import { summaryOf } from './sampleRows.ts';

function tableOf(rows: readonly RunRow[]): RunTable {
  const table = rows.reduce<RunTable | null>(foldRow, null);
  if (table === null) throw new RangeError('no table');
  return table;
}

describe('streaming heads', () => {
  it('are two behaviours and a prior of KV groups, each head with the number of its group', () => {
    const measures = measuresOfRun('r', tableOf(streamingRows()));
    expect(measures.map(({ id, kind, of }) => [id, kind, of])).toEqual([
      ['r/razorEcho', 'behaviour', 'kv-group'],
      ['r/razorInduction', 'behaviour', 'kv-group'],
      ['r/positionPrior', 'prior', 'kv-group'],
    ]);
    const [echo, induction, prior] = measures;
    expect(Array.from(echo?.values ?? [])).toEqual([NaN, NaN, NaN, NaN, 0.25, 0.25, NaN, NaN]);
    expect(induction?.low[5]).toBeCloseTo(0.55);
    expect(prior?.values[4]).toBe(0.5);
    expect(prior?.low.every(Number.isNaN)).toBe(true);
  });

  it('are of heads where each has keys and values of its own', () => {
    const [echo] = measuresOfRun('r', tableOf(streamingRows(4)));
    expect(echo?.of).toBe('head');
    expect(Array.from(echo?.values.slice(4) ?? [])).toEqual([0.25, NaN, NaN, NaN]);
  });

  it('are never taken for the induction score of heads, by which heads are protected', () => {
    const ids = measuresOfRun('r', tableOf(streamingRows())).map(({ id }) => id);
    expect(ids.filter((id) => id.endsWith('/induction'))).toEqual([]);
  });
});

describe('gates', () => {
  it('are those after the last step that came', () => {
    const [gate] = measuresOfRun('r', tableOf(duoRows()));
    expect(gate).toMatchObject({ id: 'r/gate', kind: 'gate', range: [0, 1], call: 'scores' });
    expect(Array.from(gate?.values ?? [])).toEqual([1, 1, 0.5, 0.5, 0.25, 0.25, 0, 0]);
  });

  it('move as steps come', () => {
    const [start, first, second] = duoRows();
    if (start === undefined || first === undefined || second === undefined) throw new RangeError('no rows');
    const measures = measuresOfRun('r', tableOf([start, first]));
    refreshMeasures(measures, tableOf([start, first, second]));
    expect(measures[0]?.values[7]).toBe(0);
  });
});

describe('importance', () => {
  const values = (unit: 'head' | 'kv-group', numbers: readonly number[]): RunRow => ({
    call: 'importance',
    event: { kind: 'row', of: 'values', criterion: 'writeNorm', unit, values: numbers },
  });
  const find = (rows: readonly RunRow[], id: string) =>
    measuresOfRun('r', tableOf(rows)).find((measure) => measure.id === `r/${id}`);

  it('has a measure for each criterion, called by its name', () => {
    const rows = [importanceStart('head'), values('head', [1, 2, 3, 4, 5, 6, 7, 8])];
    expect(find(rows, 'writeNorm')).toMatchObject({ kind: 'proxy', family: 'proxies', short: 'P6 Write norm' });
    expect(Array.from(find(rows, 'writeNorm')?.values ?? [])).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(find(rows, 'zero')).toMatchObject({ kind: 'importance', signed: true, n: 3, samples: 'documents' });
    expect(find(rows, 'random')).toMatchObject({ kind: 'control', range: [0, 1] });
  });

  it('ranks by value: what the text is better without comes last, however large', () => {
    const rows = [importanceStart('head'), values('head', [1, -9, 3, 4, 5, 6, 7, 8])];
    const measure = find(rows, 'writeNorm');
    if (measure === undefined) throw new RangeError('no measure');
    expect(rankHeads({ ...measure, signed: true }).at(-1)).toBe(1);
    expect(rankHeads({ ...measure, signed: true, call: 'ablate' })[0]).toBe(1);
  });

  it('of a KV group is joint, and stands at each of its heads', () => {
    const rows: readonly RunRow[] = [
      importanceStart('kv-group'),
      values('kv-group', [1, 2, 3, 4]),
      {
        call: 'importance',
        event: {
          ...{ kind: 'row', of: 'ablation', by: 'zero', unit: 'kv-group', layer: 0, index: 1 },
          ...{ change: summaryOf(0.5), kl: summaryOf(0.1), flips: 0, bySample: [] },
        },
      },
    ];
    expect(Array.from(find(rows, 'writeNorm')?.values ?? [])).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
    const zero = find(rows, 'zero');
    expect(zero?.of).toBe('kv-group');
    expect(Array.from(zero?.values.slice(0, 4) ?? [])).toEqual([NaN, NaN, 0.5, 0.5]);
    expect(zero?.about).toContain('as one');
  });
});

describe('what runs are measured on', () => {
  it('is said of runs that are kept as rows too', () => {
    for (const rows of [streamingRows(), duoRows(), [importanceStart('head')]]) {
      expect(fingerprintOf(tableOf(rows))).toBe('f1');
    }
  });

  it('tells repeated tokens with BOS from those without', () => {
    const dataset = (bos: boolean) => measuresOfRun('r', tableOf([scoresStart(bos)]))[0]?.dataset;
    expect(dataset(true)).toBe('repeated random tokens, with BOS');
    expect(dataset(false)).toBe('repeated random tokens, without BOS');
  });
});

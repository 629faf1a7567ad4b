import { describe, expect, it } from 'vitest';
import type { RunRow } from '../../../engine/results/runs.ts';
import { measuresOfRun } from '../../../renderer/api/measuresOfRun.ts';
import type { RunTable } from '../../../renderer/api/runTables.ts';
import { foldRow } from '../../../renderer/api/runTables.ts';
import { ablationHeader, summaryOf } from './sampleRows.ts';

const fold = (rows: readonly RunRow[]) => rows.reduce<RunTable | null>(foldRow, null);

function measuresOf(rows: readonly RunRow[]) {
  const table = fold(rows);
  if (table === null) throw new RangeError('no table');
  return measuresOfRun('r', table);
}

describe('runs that are like head scores', () => {
  it('of weights: one measure a score, exact ones with n 1', () => {
    const { model, shape } = ablationHeader();
    const about = { title: 't', rule: 'W1', about: 'a', formula: 'f', source: 's' };
    const rows: readonly RunRow[] = [
      {
        call: 'weightScores',
        event: {
          kind: 'start',
          header: {
            ...{ model, shape, tokens: { n: 64, of: 900, seed: 0, idsSha256: 'a' }, left: [], conventions: [] },
            scores: [
              { ...about, id: 'ovCopying', unit: 'ratio', range: [-1, 1], sampled: false },
              { ...about, id: 'tokenCopying', unit: 'share', range: [0, 1], sampled: true },
            ],
          },
        },
      },
      {
        call: 'weightScores',
        event: {
          kind: 'head',
          layer: 1,
          head: 2,
          values: { ovCopying: summaryOf(-0.5), tokenCopying: summaryOf(0.25) },
        },
      },
    ];
    const [copying, token] = measuresOf(rows);
    expect(copying).toMatchObject({ id: 'r/ovCopying', signed: true, range: [-1, 1], n: 1, dataset: 'weights' });
    expect(token).toMatchObject({ id: 'r/tokenCopying', signed: false, range: [0, 1], n: 64, unit: '' });
    expect([copying?.values[6], token?.values[6], token?.values[0]]).toEqual([-0.5, 0.25, NaN]);
  });

  it('of direct logits: one signed measure, in logits', () => {
    const {
      ablation: _a,
      unit: _u,
      scale: _s,
      unitsPerRun: _p,
      reference: _r,
      align: _l,
      ...header
    } = ablationHeader();
    const rows: readonly RunRow[] = [
      { call: 'directLogits', event: { kind: 'start', header: { ...header, beforeSoftCap: false } } },
      { call: 'directLogits', event: { kind: 'head', layer: 0, head: 3, values: { directLogits: summaryOf(2) } } },
      { call: 'directLogits', event: { kind: 'layer', layer: 0, mlp: summaryOf(1), attentionBias: null } },
    ];
    const [direct, ...others] = measuresOf(rows);
    expect(others).toEqual([]);
    expect(direct).toMatchObject({
      id: 'r/directLogits',
      unit: 'logits',
      signed: true,
      range: null,
      n: 16,
      dataset: 'ioi',
    });
    expect(direct?.values[3]).toBe(2);
  });
});

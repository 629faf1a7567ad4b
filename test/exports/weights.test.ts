import { describe, expect, it } from 'vitest';
import { tables } from '../../engine/exports/index.ts';
import type { Summary } from '../../engine/results/records.ts';

const on = (mean: number, n: number): Summary => ({ mean, standardError: 0.5, interval: [mean - 1, mean + 1], n });

function cellsOf(text: string): string[][] {
  expect(text.endsWith('\n')).toBe(true);
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
}

describe('tables of', () => {
  it('weight scores: a row for each head and score in layer order, without an interval where it is exact', () => {
    const scores = [{ id: 'ovCopying' }, { id: 'tokenCopying' }];
    const heads = [
      { kind: 'head', layer: 1, head: 0, values: { ovCopying: on(0.5, 1), tokenCopying: on(0.25, 9) } },
      { kind: 'head', layer: 0, head: 2, values: { ovCopying: on(-1, 1) } },
    ] as const;
    type Record = Parameters<typeof tables.weightScores>[0];
    const rows = cellsOf(tables.weightScores({ header: { scores }, heads } as unknown as Record));
    expect(rows).toEqual([
      ['layer', 'head', 'score', 'value', 'se', 'ci95_low', 'ci95_high', 'n'],
      ['0', '2', 'ovCopying', '-1', '', '', '', '1'],
      ['1', '0', 'ovCopying', '0.5', '', '', '', '1'],
      ['1', '0', 'tokenCopying', '0.25', '0.5', '-0.75', '1.25', '9'],
    ]);
  });

  it('direct logits: the parts, and last the difference that they sum to', () => {
    const rows = cellsOf(
      tables.directLogits({
        heads: [{ kind: 'head', layer: 0, head: 1, values: { directLogits: on(2, 4) } }],
        layers: [
          { kind: 'layer', layer: 0, mlp: on(1, 4), attentionBias: null },
          { kind: 'layer', layer: 1, mlp: null, attentionBias: on(-1, 4) },
        ],
        total: {
          ...{ kind: 'total', embed: on(0.5, 4), constant: on(0, 4), sum: on(2.5, 4), metric: on(2.5, 4) },
          residue: 0,
        },
      }),
    );
    expect(rows.slice(1).map(([part, layer, head, logits]) => [part, layer, head, logits])).toEqual([
      ['head', '0', '1', '2'],
      ['mlp', '0', '', '1'],
      ['attention_bias', '1', '', '-1'],
      ['embed', '', '', '0.5'],
      ['constant', '', '', '0'],
      ['logit_difference', '', '', '2.5'],
    ]);
    const parts = rows.slice(1, -1).reduce((sum, [, , , logits]) => sum + Number(logits), 0);
    expect(parts).toBe(Number(rows.at(-1)?.[3]));
  });
});

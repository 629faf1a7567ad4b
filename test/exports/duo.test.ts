/** Runs of gates and of streaming heads as files. */
import { describe, expect, it } from 'vitest';
import { importScores } from '../../engine/exports/importScores.ts';
import { duoFiles, duoTable } from '../../engine/exports/duoRun.ts';
import { tables } from '../../engine/exports/index.ts';
import { textFile } from '../../engine/exports/textFile.ts';
import type { DuoHeader, StreamedHeads } from '../../engine/results/duo.ts';
import { recordWith } from './record.ts';

const { model, shape } = recordWith().header;
const header: DuoHeader = {
  model,
  shape: { ...shape, layers: 2, kvHeads: 2 },
  settings: {
    ...{ steps: 200, sink: 16, recent: 64, lengths: { from: 512, to: 1024, count: 50 }, passkeys: null },
    ...{ learningRate: 0.02, regularisation: 0.05, seed: 42 },
  },
  compared: 'finalNorm',
  notes: ['made up'],
};
const gates = [1, 0.25, 0, Math.fround(0.3)];

describe('gates', () => {
  it('come back from DuoAttention files, with the sizes that they were trained with', () => {
    const files = Object.entries(duoFiles({ header, gates, version: '1' })).map(([name, text]) => textFile(name, text));
    const read = importScores({ files });
    expect(read.format).toBe('duo-attention');
    expect(read.notes).toContain('streaming heads keep 16 sink and 64 recent tokens');
    expect(read.tables[0]).toEqual(duoTable({ header, gates }));
  });

  it('are a table', () => {
    expect(tables.duo({ header, gates })).toBe('layer,kv_group,gate\n0,0,1\n0,1,0.25\n1,0,0\n1,1,0.300000012\n');
  });
});

describe('the cost of streaming heads', () => {
  it('is a table, the full model first', () => {
    const summary = { mean: -1, standardError: 0.5, interval: [-2, 0], n: 4 } as const;
    const row: StreamedHeads = {
      ...{ kind: 'quality', ranking: null, draw: null, sparsity: 0, streaming: [] },
      ...{ answer: summary, correct: summary, loss: summary },
    };
    const named: StreamedHeads = { ...row, ranking: '=razor', sparsity: 0.5, streaming: [[0, 1]] };
    const lines = tables.duoQuality({ rows: [row, named] }).split('\n');
    expect(lines[1]).toBe('"none",,0,0,-1,0.5,-2,0,4,-1,0.5,-2,0,4,-1,0.5,-2,0,4');
    expect(lines[2]).toMatch(/^"'=razor",,0.5,1,/);
  });
});

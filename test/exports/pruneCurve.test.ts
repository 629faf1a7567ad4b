import { describe, expect, it } from 'vitest';
import { pruneCurveCsv } from '../../engine/exports/pruneCurveCsv.ts';
import type { CurvePoint, PruneCurveHeader } from '../../engine/results/pruneCurve.ts';
import type { Summary } from '../../engine/results/records.ts';

const summary = (mean: number): Summary => ({ mean, standardError: 0.5, interval: [mean - 1, mean + 1], n: 4 });

const header: PruneCurveHeader = {
  model: {
    ...{ name: 'm', fingerprint: 'f', architecture: 'llama', format: 'safetensors', dtype: 'F32', weights: 'float32' },
  },
  shape: {
    ...{ layers: 2, heads: 4, kvHeads: 2, headWidth: 8, width: 16, mlpWidth: 32 },
    ...{ vocabulary: 9, outputVocabulary: 9, context: 16 },
  },
  ...{ unit: 'head', order: [{ layer: 0, index: 1 }], points: [0, 1], random: [], seed: 0 },
  sizes: [
    { units: 0, heads: 0, parameters: 0, kvBytes: 0 },
    { units: 1, heads: 1, parameters: 256, kvBytes: 64 },
  ],
  texts: {
    ...{ source: 'stories', n: 4, length: 8, tokens: 32, tokenIdsSha256: 'x' },
    samples: { of: 'document', n: 4 },
  },
  task: { name: 'ioi', n: 4, metricId: 'logitDifference' },
};

const point = (draw: number | null, units: number, task: Summary | null): CurvePoint => ({
  ...{ kind: 'point', draw, units, loss: summary(3), change: summary(units), kl: summary(2) },
  ...{ metric: task, metricChange: task },
});

describe('a pruning curve as CSV', () => {
  it('has the plan first, sizes where they are known, and the task where there is one', () => {
    const text = pruneCurveCsv({
      header,
      points: [point(0, 1, null), point(null, 1, summary(5)), point(null, 0, null)],
    });
    const [columns = '', ...rows] = text.trimEnd().split('\n');
    const cells = rows.map((row) => row.split(','));
    const at = (name: string) => columns.split(',').indexOf(name);
    expect(new Set(cells.map((row) => row.length))).toEqual(new Set([columns.split(',').length]));
    expect(cells.map((row) => [row[at('order')], row[at('units_removed')]])).toEqual([
      ['plan', '0'],
      ['plan', '1'],
      ['0', '1'],
    ]);
    expect(cells.map((row) => row[at('kv_bytes_removed')])).toEqual(['0', '64', '']);
    expect(cells.map((row) => row[at('metric_mean')])).toEqual(['', '5', '']);
    expect(cells[1]?.slice(at('loss_change_mean'), at('loss_change_mean') + 4)).toEqual(['1', '0.5', '0', '2']);
  });
});

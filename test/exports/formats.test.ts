import { describe, expect, it } from 'vitest';
import { csv } from '../../engine/exports/csv.ts';
import { exportFormats } from '../../engine/exports/index.ts';
import { recordWith, summaryOf } from './record.ts';

describe.each(exportFormats)('the format $id', (format) => {
  it('gives the same text for the same run, ending in a line break', () => {
    expect(format.write(recordWith())).toBe(format.write(recordWith()));
    expect(format.write(recordWith()).endsWith('\n')).toBe(true);
  });

  it('writes no NaN and no more than 9 significant digits', () => {
    const broken = [{ kind: 'unit' as const, layer: 0, head: 0, effect: summaryOf(NaN), kl: summaryOf(1 / 3) }];
    const text = format.write(recordWith({ units: broken }));
    expect(text).not.toMatch(/NaN|Infinity/);
    const digits = [...text.matchAll(/-?\d+\.\d+(?=[,\]}])/g)].map(
      ([number]) => number.replace(/^-?0?\.?0*|\./g, '').length,
    );
    expect(Math.max(...digits)).toBeLessThanOrEqual(9);
  });

  it('takes a run without units', () => {
    expect(() => format.write(recordWith({ units: [] }))).not.toThrow();
  });
});

describe('csv', () => {
  it('has one row per unit under its columns', () => {
    const [titles = '', first = '', ...rest] = csv.write(recordWith()).trimEnd().split('\n');
    expect(titles.split(',')).toHaveLength(15);
    expect(first).toBe('head,0,0,,zero,logitDifference,0,0,-0.333333333,0.333333333,0,0,-0.333333333,0.333333333,16');
    expect(rest).toHaveLength(7);
  });

  it('leaves cells empty that do not apply', () => {
    const units = [{ kind: 'unit' as const, layer: 1, kvGroup: 1, effect: summaryOf(NaN), kl: summaryOf(0) }];
    const [, row = ''] = csv.write(recordWith({ units }, { unit: 'kv-group' })).split('\n');
    expect(row.startsWith('kv-group,1,,1,zero,logitDifference,,,,,0,')).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import type { DictionaryMeasures } from '../../../engine/results/dictionaries.ts';
import {
  measureCells,
  measureColumns,
  measureHead,
  measureText,
} from '../../../renderer/views/dictionaries/measureColumns.ts';

const loss = { tokens: 60, clean: 3, reconstructed: 3.1, zero: 5, mean: 4, recovered: 0.95, recoveredFromMean: 0.9 };
const older: DictionaryMeasures = {
  ...{ rows: 10, unexplained: 0.1, active: 4, activeQuantiles: [], dead: 1, dense: 0, coherence: null },
  ...{ density: { edges: [], counts: [] }, loss: { ...loss, kl: 0.02 } },
};
const ends = [0.9, 0.97] as const;
const none = { clean: null, reconstructed: null, zero: null, mean: null, recoveredFromMean: null, kl: null };
const measures = {
  ...older,
  loss: { ...loss, kl: 0.02, intervals: { windows: 8, ...none, recovered: ends } },
};

describe('the numbers of a dictionary in tables', () => {
  const column = measureColumns.find(({ id }) => id === 'recovered');
  if (column === undefined) throw new Error('no column');

  it('have their interval where it is known', () => {
    expect(measureText(column, measures)).toBe('0.950 [0.90, 0.97]');
    expect(measureText(column, older)).toBe('0.950');
  });

  it('stand under their heads as CSV, with the ends of the interval', () => {
    expect(measureCells(measures)).toHaveLength(measureHead.length);
    const at = measureHead.indexOf('recovered_low_95');
    expect([measureCells(measures)[at], measureCells(older)[at]]).toEqual([0.9, null]);
    expect(measureCells(null)).toHaveLength(measureHead.length);
  });
});

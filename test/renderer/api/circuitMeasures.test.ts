import { describe, expect, it } from 'vitest';
import type { CircuitHeader } from '../../../engine/results/circuitBench.ts';
import type { RunRow } from '../../../engine/results/runs.ts';
import { fingerprintOf, measuresOfRun, refreshMeasures } from '../../../renderer/api/measuresOfRun.ts';
import type { RunTable } from '../../../renderer/api/runTables.ts';
import { foldRow } from '../../../renderer/api/runTables.ts';
import { captionOf } from '../../../renderer/views/heads/captionOf.ts';
import { cardLines } from '../../../renderer/views/heads/cardLines.ts';
import { ranking, runRows } from '../views/circuitsSample.ts';
import { model } from './sampleRows.ts';

const about = { about: 'What it does.', source: 'A paper, 2024' };
const methods = [
  { method: 'atp', title: 'Attribution patching', role: 'method', seeded: false, ...about },
  { method: 'untrained', title: 'Untrained', role: 'control', seeded: true, ...about },
] as const;

/** The sample with MLPs among its nodes, and its methods named. */
function tableOf(rows: readonly RunRow[], change: Partial<CircuitHeader> = {}): RunTable {
  const named = rows.map((row): RunRow => {
    if (row.call !== 'circuit' || row.event.kind !== 'start') return row;
    const calibration = { ...row.event.header.calibration, seed: 3 };
    return { ...row, event: { ...row.event, header: { ...row.event.header, model, calibration, ...change } } };
  });
  const table = named.reduce<RunTable | null>(foldRow, null);
  if (table === null) throw new RangeError('no table');
  return table;
}

const nodes = ['L0H0', 'L0H1', 'L0MLP', 'L1H0', 'L1H1'];

describe('scores of circuit methods', () => {
  it('are there from the start, and filled as rankings come: heads alone, over seeds where the method draws', () => {
    const measures = measuresOfRun('r', tableOf(runRows([]), { methods, nodes }));
    expect(measures.map(({ id, title, unit }) => [id, title, unit])).toEqual([
      ['r/circuit-atp', 'Circuit: Attribution patching', 'score'],
      ['r/circuit-untrained', 'Circuit: Untrained (control)', 'mean rank'],
    ]);
    const rows = runRows([
      ranking('atp', null, [1, null, 9, 3, 4]),
      ranking('untrained', 0, [1, 2, 3, 4, 5]),
      ranking('untrained', 'mean', [5, 4, 3, 2, 1]),
    ]);
    refreshMeasures(measures, tableOf(rows, { methods, nodes }));
    expect(measures.map(({ values }) => Array.from(values))).toEqual([
      [1, NaN, 3, 4],
      [5, 4, 2, 1],
    ]);
  });

  it('say method, task, n and seed, and claim no importance', () => {
    const table = tableOf(runRows([]), { methods });
    const [atp] = measuresOfRun('r', table);
    if (atp === undefined) throw new RangeError('no measure');
    expect(captionOf(atp)).toBe(
      'What it does; more ranks higher · ioi, n 8 prompts, seed 3. Score of a circuit method, not importance.',
    );
    expect(new Map(cardLines(atp)).get('on')).toBe('ioi, n 8 prompts, seed 3');
    expect(cardLines(atp).map(([name]) => name)).not.toContain('rule');
    expect(fingerprintOf(table)).toBe('f1');
  });

  it('are not offered of a run that does not name its methods', () => {
    expect(measuresOfRun('r', tableOf(runRows([])))).toEqual([]);
  });
});

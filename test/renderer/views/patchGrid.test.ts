import { describe, expect, it } from 'vitest';
import type { PatchHeader } from '../../../engine/results/patchGrid.ts';
import { jobRequest } from '../../../engine/results/runs.ts';
import type { Column, GridTable } from '../../../renderer/api/runTables.ts';
import {
  cellWords,
  columnNames,
  patchCsv,
  patchedColumn,
  patchedLayers,
  patchRows,
} from '../../../renderer/views/ablate/patchGridRows.ts';
import type { PatchScene } from '../../../renderer/views/ablate/patchPlan.ts';
import { planPatch } from '../../../renderer/views/ablate/patchPlan.ts';
import type { PatchChoice, PatchSettings } from '../../../renderer/views/ablate/patchSettings.ts';
import { recoveryWords } from '../../../renderer/views/ablate/patchWords.ts';
import { heads as shape } from './headsSample.ts';

const settings: PatchSettings = {
  ...{ target: 'residPre', direction: 'cleanIntoCorrupt', n: null, shown: 'recovery', run: null },
};
const scene: PatchScene = {
  ...{ shape, primary: { layer: 1, head: 3 }, length: 5, counted: null },
  on: { model: '/m', prompts: { kind: 'task', task: 'ioi', n: 64, seed: 3 }, seed: 3 },
};

describe('what patching starts', () => {
  const targets: readonly PatchChoice[] = ['residPre', 'attnOut', 'mlpOut', 'residPost', 'heads', 'headPositions'];

  it.each(targets)('%s is a request that the contract takes', (target) => {
    const plan = planPatch({ ...settings, target }, scene);
    expect(plan.kind === 'ready' ? jobRequest.safeParse(plan.job).error : plan.text).toBeUndefined();
  });

  it('knows how many cells there are, where the prompt is known', () => {
    const units = (target: PatchChoice, on: Partial<PatchScene> = {}) => {
      const plan = planPatch({ ...settings, target }, { ...scene, ...on });
      return plan.kind === 'ready' ? plan.units : plan.text;
    };
    expect([units('residPre'), units('heads'), units('headPositions')]).toEqual([10, 8, 5]);
    expect([units('residPre', { length: null }), units('heads', { length: null })]).toEqual([null, 8]);
    expect(units('headPositions', { primary: null })).toContain('primary head');
  });

  it('takes the first prompts of a task', () => {
    const plan = planPatch({ ...settings, n: 4 }, scene);
    expect(plan).toMatchObject({ n: 4, job: { request: { prompts: { n: 4, seed: 3 } } } });
  });
});

const unknown = (cells: number): Column => ({
  ...{ mean: new Float32Array(cells).fill(NaN), low: new Float32Array(cells).fill(NaN) },
  ...{ high: new Float32Array(cells).fill(NaN), n: new Uint32Array(cells) },
});

function headerOf(change: Partial<PatchHeader>): PatchHeader {
  const header: Partial<PatchHeader> = {
    shape: { layers: 2 } as PatchHeader['shape'],
    target: { kind: 'positions', site: 'residPre' },
    direction: 'cleanIntoCorrupt',
    ...{ columns: [0, 1, 2], labels: ['The', ' Mary', null], metricId: 'logitDifference' },
    calibration: { dataset: 'ioi', sequences: 4 } as PatchHeader['calibration'],
    ...change,
  };
  return header as PatchHeader;
}

describe('the grid', () => {
  const ofHead = headerOf({ target: { kind: 'headPositions', head: { layer: 1, head: 3 } } });

  it('names columns by token where all prompts agree, else by position', () => {
    expect(columnNames(headerOf({}))).toEqual(['The', '·Mary', '2']);
    expect(columnNames(headerOf({ columns: [-3, -2, -1], labels: [null, null, '.'] }))).toEqual(['−3', '−2', '.']);
    expect(columnNames(headerOf({ target: { kind: 'heads' }, labels: null }))).toEqual(['H0', 'H1', 'H2']);
  });

  it('says which cell is meant', () => {
    expect(cellWords(headerOf({}), 1, 1)).toBe('L1, position 1 “·Mary”');
    expect(cellWords(ofHead, 1, 2)).toBe('L1H3, position 2');
    expect(cellWords(headerOf({ target: { kind: 'heads' }, labels: null }), 1, 2)).toBe('L1H2');
  });

  it('of one head is a row of the memory that fills', () => {
    const column = unknown(6);
    const row = patchedColumn(column, ofHead);
    column.mean[4] = 0.5;
    column.n[4] = 4;
    expect(Array.from(row.mean)).toEqual([NaN, 0.5, NaN]);
    expect(Array.from(row.n)).toEqual([0, 4, 0]);
    expect(patchedLayers(ofHead)).toEqual([1]);
    expect(patchedColumn(column, headerOf({})).mean).toHaveLength(6);
  });

  it('is rows and CSV, unknown cells empty', () => {
    const table: GridTable = {
      ...{ kind: 'patchGrid', header: headerOf({}), ends: null, known: 1 },
      ...{ effect: unknown(6), recovery: unknown(6) },
    };
    table.effect.mean[4] = 1.5;
    table.effect.n[4] = 4;
    const rows = patchRows(table);
    expect(rows).toHaveLength(6);
    expect(rows[4]).toMatchObject({ layer: 1, place: 1, token: ' Mary', n: 4 });
    expect(patchCsv(table).split('\r\n')[5]).toBe(
      'residPre,1,,1, Mary,1.5,,,,,,4,logitDifference,cleanIntoCorrupt,ioi',
    );
  });

  it('says what 1 of a recovery means in its direction', () => {
    expect(recoveryWords({ direction: 'cleanIntoCorrupt' })).toContain('1: as in the clean run');
    expect(recoveryWords({ direction: 'corruptIntoClean' })).toContain('1: as in the corrupt run');
  });
});

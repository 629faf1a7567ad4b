/** A stored run as a table for a spreadsheet. */
import { tables } from '../../exports/index.ts';
import { writeTables } from '../../exports/writeTables.ts';
import { effectsOf } from './runHeads.ts';
import type { AllTables } from './runHeadTables.ts';
import { gatesOf, headTablesOf } from './runHeadTables.ts';
import type { StoredRun } from './runRows.ts';
import { noForm, RunRows } from './runRows.ts';

/** Throws Fault for a run of a call that has no rows for one. */
export async function runCsv(stored: StoredRun): Promise<string> {
  switch (stored.record.job.call) {
    case 'ablate':
      return tables.ablate(await effectsOf(stored, 'ablate'));
    case 'attribute':
      return tables.attribute(await effectsOf(stored, 'attribute'));
    case 'scores': {
      const rows = await RunRows.read(stored, 'scores');
      return tables.scores({ header: rows.one('start').header, heads: rows.all('head') });
    }
    case 'weightScores': {
      const rows = await RunRows.read(stored, 'weightScores');
      return tables.weightScores({ header: rows.one('start').header, heads: rows.all('head') });
    }
    case 'directLogits': {
      const rows = await RunRows.read(stored, 'directLogits');
      return tables.directLogits({ heads: rows.all('head'), layers: rows.all('layer'), total: rows.one('total') });
    }
    case 'patchGrid': {
      const rows = await RunRows.read(stored, 'patchGrid');
      return tables.patchGrid({ header: rows.one('start').header, cells: rows.all('cell') });
    }
    case 'pruneCurve': {
      const rows = await RunRows.read(stored, 'pruneCurve');
      return tables.pruneCurve({ header: rows.one('start').header, points: rows.all('point') });
    }
    case 'ablateSets': {
      const rows = await RunRows.read(stored, 'ablateSets');
      return tables.ablateSets({ header: rows.one('start').header, sets: rows.all('set') });
    }
    case 'duo':
      return tables.duo(await gatesOf(stored));
    case 'duoQuality':
      return tables.duoQuality({ rows: (await RunRows.read(stored, 'duoQuality')).all('quality') });
    case 'maskCurve': {
      const rows = await RunRows.read(stored, 'maskCurve');
      const measured = rows.all('row');
      return tables.maskCurve({
        header: rows.one('start').header,
        runs: measured.filter((row) => row.of === 'run'),
        texts: measured.filter((row) => row.of === 'text'),
      });
    }
    case 'retrieve':
    case 'streamingHeads':
    case 'importance':
    case 'circuit':
      return csvOf(await headTablesOf(stored, 'csv'));
    default:
      throw noForm(stored.record, 'csv', `a run of ${Object.keys(tables).join(', ')}, or of scores of heads`);
  }
}

/** One row for each unit and number. */
function csvOf({ tables: made, about }: AllTables): string {
  const [file] = writeTables('csv', made, about, {}).files;
  return new TextDecoder().decode(file?.data);
}

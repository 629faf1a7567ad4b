/** Tables of heads in a form that other tools read. Imports terms and results only. */
import type { HeadTable } from '../results/importedScores.ts';
import { Fault } from '../terms/fault.ts';
import type { AboutTables, ExportFormat, Written } from './exportFormat.ts';
import { exportFormats } from './index.ts';
import { onlyTable } from './ranked.ts';
import { keepBest } from './selection.ts';

export interface Choice {
  /** Id of the table, where there are several. */
  readonly metric?: string;
  /** How many units go: the table is then made a selection. */
  readonly remove?: number;
}

/** Throws Fault for a format that is not written, a table that is not there, and one that is not what the format holds. */
export function writeTables(id: string, tables: readonly HeadTable[], about: AboutTables, choice: Choice): Written {
  const { write, selects } = formatNamed(id);
  const chosen = choice.metric === undefined ? planAmong(tables, selects, choice) : tableNamed(tables, choice.metric);
  if (choice.remove === undefined) return write(chosen, about);
  const [first] = chosen;
  const table = onlyTable(chosen, first?.unit ?? 'head', id);
  const { files, notes } = write([keepBest(table, choice.remove)], about);
  return { files, notes: [...chosenBy(table), ...notes] };
}

type WrittenFormat = ExportFormat & Required<Pick<ExportFormat, 'write'>>;

/** The formats that can be written. */
export function formatsThatWrite(): WrittenFormat[] {
  return exportFormats.flatMap((format) => (format.write === undefined ? [] : [{ ...format, write: format.write }]));
}

function formatNamed(id: string): WrittenFormat {
  const found = formatsThatWrite().find((format) => format.id === id);
  if (found !== undefined) return found;
  const expected = formatsThatWrite().map((format) => format.id);
  throw new Fault({ what: 'no format that is written', expected: expected.join(', '), got: id.slice(0, 60) });
}

/** The plans, for a format that lists what stays or goes, unless a new one is asked for; else all tables. */
function planAmong(
  tables: readonly HeadTable[],
  selects: ExportFormat['selects'],
  { remove }: Choice,
): readonly HeadTable[] {
  const plans = tables.filter(({ kind, unit }) => kind === 'selection' && unit === selects);
  return plans.length === 0 || remove !== undefined ? tables : plans;
}

function tableNamed(tables: readonly HeadTable[], id: string): readonly HeadTable[] {
  const found = tables.filter((table) => table.id === id);
  if (found.length > 0) return found;
  const expected = tables.map((table) => table.id).join(', ');
  throw new Fault({ what: 'no numbers of this id', expected, got: id.slice(0, 100) });
}

/** Only a measured effect says what removal costs. */
function chosenBy({ id, kind }: HeadTable): string[] {
  return kind === 'causal' || kind === 'selection'
    ? []
    : [`chosen by ${id} (${kind}), which says nothing of what their removal costs: only ablation measures that`];
}

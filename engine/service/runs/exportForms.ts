/** In which forms a stored run can be had: each is tried, so that what is offered is what can be written. */
import { setImmediate } from 'node:timers/promises';
import { formatsThatWrite, writeTables } from '../../exports/writeTables.ts';
import type { Choice } from '../../exports/writeTables.ts';
import type { ExportForm } from '../../results/exportForms.ts';
import type { HeadTable } from '../../results/importedScores.ts';
import type { ResultOf } from '../../results/index.ts';
import { exportFormat } from '../../results/runs.ts';
import { Fault } from '../../terms/fault.ts';
import { runCsv } from './runCsv.ts';
import { hasHeads } from './runHeads.ts';
import type { AllTables } from './runHeadTables.ts';
import { headTablesOf } from './runHeadTables.ts';
import type { StoredRun } from './runRows.ts';

/** A run without results yet has its rows and its bundle. */
export async function exportForms(stored: StoredRun): Promise<ResultOf<'exportForms'>> {
  const made = await unlessRefused(headTablesOf(stored, 'csv'));
  const hasCsv = made !== null || (await unlessRefused(runCsv(stored))) !== null;
  const foreign = made === null ? [] : await foreignForms(made);
  // A form that is made from the rows is not the one from tables.
  const forms = new Map([...foreign, ...ownForms(stored, made, hasCsv)].map((form) => [form.format, form]));
  const tables = made?.tables ?? [];
  return {
    forms: exportFormat.options.flatMap((format) => forms.get(format) ?? []),
    numbers: tables.map(({ id, title, kind, unit, values }) => ({ id, title, kind, unit, units: values.length })),
  };
}

/** Null where a Fault says that there is nothing of the kind. */
async function unlessRefused<T>(made: Promise<T>): Promise<T | null> {
  try {
    return await made;
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
}

/** Forms that are made from the rows, as exportRun does. */
function ownForms({ record }: StoredRun, made: AllTables | null, hasCsv: boolean): readonly ExportForm[] {
  const { call } = record.job;
  // The capped counts go beside the others.
  const scores = made?.tables.map(({ id }) => id).filter((id) => id !== 'capped') ?? [];
  return [
    ...(hasHeads(record) && made !== null ? [whole('heads.json')] : []),
    ...(hasCsv ? [whole('csv')] : []),
    ...(call === 'retrieve' && made !== null ? [{ ...whole('locos'), metrics: scores }] : []),
    ...(call === 'duo' && made !== null ? [whole('duo-attention')] : []),
    ...(call === 'circuit' && made !== null ? circuitForms(scores) : []),
    whole('rows.jsonl'),
    whole('bundle.zip'),
  ];
}

/** A circuit file of a tenth of the nodes, or of as many as are asked for. */
function circuitForms(methods: readonly string[]): readonly ExportForm[] {
  const isOnly = methods.length === 1;
  return [
    { format: 'circuit.json', whole: isOnly, metrics: methods, ranks: methods },
    { format: 'mib-nodes', whole: isOnly, metrics: methods, ranks: [] },
  ];
}

function whole(format: ExportForm['format']): ExportForm {
  return { format, whole: true, metrics: [], ranks: [] };
}

/** Others are answered between two of them: with 270 heads and 20 scores each takes a few hundredths of a second. */
async function foreignForms(made: AllTables): Promise<readonly ExportForm[]> {
  const found: ExportForm[] = [];
  for (const format of formatsThatWrite()) {
    found.push(...foreignForm(format, made));
    await setImmediate();
  }
  return found;
}

type Format = ReturnType<typeof formatsThatWrite>[number];

function foreignForm({ id, selects }: Format, made: AllTables): readonly ExportForm[] {
  const format = exportFormat.options.find((option) => option === id);
  if (format === undefined) return [];
  if (canWrite(id, made, {}) && selects === undefined) return [whole(format)];
  const idsThat = (choose: (table: HeadTable) => Choice) =>
    made.tables.filter((table) => canWrite(id, made, choose(table))).map((table) => table.id);
  const form: ExportForm = {
    format,
    whole: canWrite(id, made, {}),
    metrics: idsThat((table) => ({ metric: table.id })),
    ranks: idsThat((table) => ({ metric: table.id, remove: 1 })),
  };
  const isTaken = form.whole || form.metrics.length > 0 || form.ranks.length > 0;
  return isTaken ? [{ ...form, ranks: form.ranks.filter((metric) => !form.metrics.includes(metric)) }] : [];
}

function canWrite(id: string, { tables, about }: AllTables, choice: Choice): boolean {
  try {
    writeTables(id, tables, about, choice);
    return true;
  } catch (error) {
    if (error instanceof Fault) return false;
    throw error;
  }
}

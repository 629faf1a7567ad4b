/** A stored run as tables of heads, from which other tools' forms are written. */
import { circuitScores } from '../../exports/circuitScores.ts';
import { duoTable } from '../../exports/duoRun.ts';
import type { AboutTables } from '../../exports/exportFormat.ts';
import { headsTables } from '../../exports/headsTables.ts';
import type { RetrievalRecord } from '../../exports/retrievalEnvelope.ts';
import { retrievalTables } from '../../exports/retrievalTables.ts';
import { scoresTables } from '../../exports/scoresTables.ts';
import type { StreamingRecord } from '../../exports/streamingTables.ts';
import { streamingTables } from '../../exports/streamingTables.ts';
import type { HeadTable } from '../../results/importedScores.ts';
import type { RequestOf } from '../../results/index.ts';
import { contract } from '../../results/index.ts';
import { validate } from '../../results/validate.ts';
import { summariseRetrieval } from '../../scores/retrieval/summary.ts';
import { rankingsOf } from './runCircuit.ts';
import { hasHeads, headsOf } from './runHeads.ts';
import type { StoredRun } from './runRows.ts';
import { noForm, RunRows } from './runRows.ts';

type Format = RequestOf<'export'>['format'];

export interface AllTables {
  readonly tables: readonly HeadTable[];
  readonly about: AboutTables;
}

/** Throws Fault for a run that says nothing of single heads. */
export async function headTablesOf(stored: StoredRun, format: Format): Promise<AllTables> {
  const { summary, machine, job } = stored.record;
  const at = { created: summary.created, version: machine.headscope };
  if (hasHeads(stored.record)) {
    const file = await headsOf(stored);
    const dataset = file.calibration[0]?.dataset ?? null;
    return { tables: headsTables(file, null, summary.id).tables, about: { model: file.model.id, dataset, ...at } };
  }
  if (job.call === 'duo') {
    const gates = await gatesOf(stored);
    return { tables: [duoTable(gates)], about: { model: gates.header.model.name, dataset: 'passkeys', ...at } };
  }
  const made = await tablesOfRows(stored, format);
  return { tables: made.tables, about: { model: made.model, dataset: made.dataset, ...at } };
}

interface NamedTables extends Pick<AllTables, 'tables'> {
  readonly model: string;
  readonly dataset: string | null;
}

async function tablesOfRows(stored: StoredRun, format: Format): Promise<NamedTables> {
  switch (stored.record.job.call) {
    case 'scores': {
      const rows = await RunRows.read(stored, 'scores');
      const { header } = rows.one('start');
      const made = scoresTables({ header, heads: rows.all('head') });
      return { tables: made, model: header.model.name, dataset: header.prompts.dataset };
    }
    case 'weightScores': {
      const rows = await RunRows.read(stored, 'weightScores');
      const { header } = rows.one('start');
      return { tables: scoresTables({ header, heads: rows.all('head') }), model: header.model.name, dataset: null };
    }
    case 'retrieve': {
      const record = await retrievalOf(stored);
      const { model, calibration } = record.header;
      return { tables: retrievalTables(record), model: model.name, dataset: calibration.dataset };
    }
    case 'circuit': {
      const { header, rankings } = await rankingsOf(stored);
      const { model, calibration } = header;
      return { tables: circuitScores(header, rankings), model: model.name, dataset: calibration.dataset };
    }
    case 'streamingHeads': {
      const record = await streamingOf(stored);
      return { tables: streamingTables(record), model: record.header.model.name, dataset: 'repeated random tokens' };
    }
    default:
      throw noForm(stored.record, format, 'a run of ablate, attribute, importance or scores of heads');
  }
}

/** Of the runs that there are; what is measured once for all of them is known only at the end. */
export async function retrievalOf(stored: StoredRun): Promise<RetrievalRecord> {
  const found = await RunRows.read(stored, 'retrieve');
  const { header } = found.one('start');
  const rows = found.all('run');
  const { result, summary } = stored.record;
  const { heads } =
    result === null
      ? summariseRetrieval(rows, header.runs, header.shape, header.calibration.seed)
      : validate(contract.retrieve.result, result, summary.id);
  const { warnings, created } = summary;
  return { header, rows, heads, warnings, created };
}

async function streamingOf(stored: StoredRun): Promise<StreamingRecord> {
  const rows = await RunRows.read(stored, 'streamingHeads');
  const { result, summary } = stored.record;
  const keep = result === null ? null : validate(contract.streamingHeads.result, result, summary.id).keep;
  return { header: rows.one('start').header, groups: rows.all('group'), keep };
}

/** Of the last step that there is. */
export async function gatesOf(stored: StoredRun) {
  const rows = await RunRows.read(stored, 'duo');
  return { header: rows.one('start').header, gates: (rows.all('step').at(-1) ?? rows.one('step')).gates };
}

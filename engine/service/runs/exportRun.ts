/** A run as a file that other tools read. A run that did not end is exported as far as it got, and says so. */
import { zipSync } from 'fflate';
import { attributionHeads } from '../../exports/attributionHeads.ts';
import { duoFiles, duoTable } from '../../exports/duoRun.ts';
import type { AboutTables, EffectsRecord, Written } from '../../exports/exportFormat.ts';
import { headsFile, writeHeads } from '../../exports/heads.ts';
import type { HeadsFile } from '../../exports/headsSchema.ts';
import { headsTables } from '../../exports/headsTables.ts';
import { tables } from '../../exports/index.ts';
import { writeLocos } from '../../exports/locos.ts';
import type { RetrievalRecord } from '../../exports/retrievalEnvelope.ts';
import { retrievalEnvelope } from '../../exports/retrievalEnvelope.ts';
import { retrievalTables } from '../../exports/retrievalTables.ts';
import { scoresTables } from '../../exports/scoresTables.ts';
import type { StreamingRecord } from '../../exports/streamingTables.ts';
import { streamingTables } from '../../exports/streamingTables.ts';
import { textFile } from '../../exports/textFile.ts';
import { writeTables } from '../../exports/writeTables.ts';
import type { HeadTable, NamedFile } from '../../results/importedScores.ts';
import type { EventOf, RequestOf, ResultOf } from '../../results/index.ts';
import { contract } from '../../results/index.ts';
import type { JobCall, RunRecord } from '../../results/runs.ts';
import type { Baseline } from '../../results/taskReport.ts';
import { validate } from '../../results/validate.ts';
import { summariseRetrieval } from '../../scores/retrieval/summary.ts';
import { Fault } from '../../terms/fault.ts';
import { bundle } from './bundle.ts';
import { readRows, rowsFile } from './readRun.ts';
import type { RunStore } from './runStore.ts';
import { readBounded } from './safeFile.ts';

type Exported = ResultOf<'export'>;
type Asked = RequestOf<'export'>;
type Format = Asked['format'];

/** The file crosses to the client whole. */
const LARGEST = 512 * 2 ** 20;

/** By the ending of the file's name. */
const mediaTypes: Readonly<Record<string, string>> = {
  json: 'application/json',
  csv: 'text/csv',
  jsonl: 'application/x-ndjson',
  zip: 'application/zip',
  txt: 'text/plain',
};

export interface StoredRun {
  readonly record: RunRecord;
  readonly folder: string;
}

/** Throws Fault where there is no such run, where it has nothing of that form, and where it is too large. */
export async function exportRun(store: RunStore, asked: Asked): Promise<Exported> {
  const stored = await store.get(asked.run);
  const { name, data, notes } = await fileOf(stored, asked);
  const ending = name.slice(name.lastIndexOf('.') + 1);
  return { name, mediaType: mediaTypes[ending] ?? 'application/octet-stream', data, notes };
}

type Made = Pick<Exported, 'name' | 'data' | 'notes'>;

async function fileOf(stored: StoredRun, asked: Asked): Promise<Made> {
  const { format, run } = asked;
  switch (format) {
    case 'heads.json':
      return { name: `${run}.heads.json`, data: bytesOf(writeHeads(await headsOf(stored))), notes: [] };
    case 'csv':
      return { name: `${run}.csv`, data: bytesOf(await tableOf(stored)), notes: [] };
    case 'rows.jsonl':
      return {
        name: `${run}.rows.jsonl`,
        data: bytesOf(await readBounded(rowsFile(stored.folder), LARGEST)),
        notes: [],
      };
    case 'bundle.zip':
      return { name: `${run}.bundle.zip`, data: await bundleOf(stored), notes: [] };
    default:
      return foreignFile(stored, { ...asked, format });
  }
}

async function bundleOf(stored: StoredRun): Promise<Uint8Array> {
  const heads = hasHeads(stored.record) ? await headsOf(stored).then(writeHeads, () => null) : null;
  return bundle(stored, heads, LARGEST);
}

type ForeignFormat = Exclude<Format, 'heads.json' | 'csv' | 'rows.jsonl' | 'bundle.zip'>;

/** A file of another tool's form; a folder of them comes as a zip file. */
async function foreignFile(stored: StoredRun, asked: Asked & { readonly format: ForeignFormat }): Promise<Made> {
  const { format, run } = asked;
  const { files, notes } = await foreignFiles(stored, asked);
  const [only, second] = files;
  if (only !== undefined && second === undefined) return { name: `${run}.${only.name}`, data: only.data, notes };
  return { name: `${run}.${format}.zip`, data: zipped(files), notes };
}

async function foreignFiles(stored: StoredRun, asked: Asked & { readonly format: ForeignFormat }): Promise<Written> {
  const { format } = asked;
  if (stored.record.job.call === 'duo' && format === 'duo-attention') {
    const texts = duoFiles({ ...(await gatesOf(stored)), version: stored.record.machine.headscope });
    return { files: Object.entries(texts).map(([name, text]) => textFile(name, text)), notes: [] };
  }
  if (stored.record.job.call === 'retrieve' && format === 'locos') {
    const text = writeLocos(retrievalEnvelope(await retrievalOf(stored), asked.metric ?? 'copy'));
    return { files: [textFile('scores.json', text)], notes: [] };
  }
  const made = await headTablesOf(stored, format);
  return writeTables(format, made.tables, made.about, asked);
}

function zipped(files: readonly NamedFile[]): Uint8Array {
  return zipSync(Object.fromEntries(files.map(({ name, data }) => [name, data])));
}

interface AllTables {
  readonly tables: readonly HeadTable[];
  readonly about: AboutTables;
}

async function headTablesOf(stored: StoredRun, format: Format): Promise<AllTables> {
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
      const rows = await Rows.read(stored, 'scores');
      const { header } = rows.one('start');
      const made = scoresTables({ header, heads: rows.all('head') });
      return { tables: made, model: header.model.name, dataset: header.prompts.dataset };
    }
    case 'weightScores': {
      const rows = await Rows.read(stored, 'weightScores');
      const { header } = rows.one('start');
      return { tables: scoresTables({ header, heads: rows.all('head') }), model: header.model.name, dataset: null };
    }
    case 'retrieve': {
      const record = await retrievalOf(stored);
      const { model, calibration } = record.header;
      return { tables: retrievalTables(record), model: model.name, dataset: calibration.dataset };
    }
    case 'streamingHeads': {
      const record = await streamingOf(stored);
      return { tables: streamingTables(record), model: record.header.model.name, dataset: 'repeated random tokens' };
    }
    default:
      throw noForm(stored.record, format, 'a run of ablate, attribute or scores of heads');
  }
}

/** Of the runs that there are. */
async function retrievalOf(stored: StoredRun): Promise<RetrievalRecord> {
  const found = await Rows.read(stored, 'retrieve');
  const { header } = found.one('start');
  const rows = found.all('run');
  const { heads } = summariseRetrieval(rows, header.runs, header.shape, header.calibration.seed);
  const { warnings, created } = stored.record.summary;
  return { header, rows, heads, warnings, created };
}

async function streamingOf(stored: StoredRun): Promise<StreamingRecord> {
  const rows = await Rows.read(stored, 'streamingHeads');
  const { result, summary } = stored.record;
  const keep = result === null ? null : validate(contract.streamingHeads.result, result, summary.id).keep;
  return { header: rows.one('start').header, groups: rows.all('group'), keep };
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function hasHeads({ job }: RunRecord): boolean {
  return job.call === 'ablate' || job.call === 'attribute';
}

async function headsOf(stored: StoredRun): Promise<HeadsFile> {
  switch (stored.record.job.call) {
    case 'ablate':
      return headsFile(await effectsOf(stored, 'ablate'));
    case 'attribute':
      return attributionHeads(await effectsOf(stored, 'attribute'));
    default:
      throw noForm(stored.record, 'heads.json', 'a run of ablate or attribute');
  }
}

async function tableOf(stored: StoredRun): Promise<string> {
  switch (stored.record.job.call) {
    case 'ablate':
      return tables.ablate(await effectsOf(stored, 'ablate'));
    case 'attribute':
      return tables.attribute(await effectsOf(stored, 'attribute'));
    case 'scores': {
      const rows = await Rows.read(stored, 'scores');
      return tables.scores({ header: rows.one('start').header, heads: rows.all('head') });
    }
    case 'weightScores': {
      const rows = await Rows.read(stored, 'weightScores');
      return tables.weightScores({ header: rows.one('start').header, heads: rows.all('head') });
    }
    case 'directLogits': {
      const rows = await Rows.read(stored, 'directLogits');
      return tables.directLogits({ heads: rows.all('head'), layers: rows.all('layer'), total: rows.one('total') });
    }
    case 'patchGrid': {
      const rows = await Rows.read(stored, 'patchGrid');
      return tables.patchGrid({ header: rows.one('start').header, cells: rows.all('cell') });
    }
    case 'ablateSets': {
      const rows = await Rows.read(stored, 'ablateSets');
      return tables.ablateSets({ header: rows.one('start').header, sets: rows.all('set') });
    }
    case 'duo':
      return tables.duo(await gatesOf(stored));
    case 'duoQuality':
      return tables.duoQuality({ rows: (await Rows.read(stored, 'duoQuality')).all('quality') });
    case 'maskCurve': {
      const rows = await Rows.read(stored, 'maskCurve');
      const measured = rows.all('row');
      return tables.maskCurve({
        header: rows.one('start').header,
        runs: measured.filter((row) => row.of === 'run'),
        texts: measured.filter((row) => row.of === 'text'),
      });
    }
    case 'retrieve':
    case 'streamingHeads':
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

/** Of the last step that there is. */
async function gatesOf(stored: StoredRun) {
  const rows = await Rows.read(stored, 'duo');
  return { header: rows.one('start').header, gates: (rows.all('step').at(-1) ?? rows.one('step')).gates };
}

type Header<C extends 'ablate' | 'attribute'> = Extract<EventOf<C>, { readonly kind: 'start' }>['header'];
type Unit<C extends 'ablate' | 'attribute'> = Extract<EventOf<C>, { readonly kind: 'unit' }>;

async function effectsOf<C extends 'ablate' | 'attribute'>(
  stored: StoredRun,
  call: C,
): Promise<EffectsRecord<Header<C>, Unit<C>>> {
  const rows = await Rows.read(stored, call);
  const { summary, machine } = stored.record;
  const { baseline } = rows.one('baseline') as unknown as { readonly baseline: Baseline };
  const { header } = rows.one('start') as unknown as { readonly header: Header<C> };
  return {
    ...{ header, baseline, units: rows.all('unit') as unknown as readonly Unit<C>[] },
    ...{ seconds: summary.seconds, warnings: summary.warnings, created: summary.created },
    version: machine.headscope,
  };
}

type KindOf<C extends JobCall> = EventOf<C>['kind'];
type Row<C extends JobCall, K extends KindOf<C>> = Extract<EventOf<C>, { readonly kind: K }>;

/** The rows of a run by their kind. */
class Rows<C extends JobCall> {
  readonly #events: readonly EventOf<C>[];
  readonly #record: RunRecord;

  private constructor(record: RunRecord, events: readonly EventOf<C>[]) {
    this.#record = record;
    this.#events = events;
  }

  static async read<C extends JobCall>({ record, folder }: StoredRun, call: C): Promise<Rows<C>> {
    const events: EventOf<C>[] = [];
    // Each row was checked to be an event of this call.
    for await (const { event } of readRows(folder, call)) events.push(event as EventOf<C>);
    return new Rows(record, events);
  }

  all<K extends KindOf<C>>(kind: K): readonly Row<C, K>[] {
    return this.#events.filter((event): event is Row<C, K> => event.kind === kind);
  }

  one<K extends KindOf<C>>(kind: K): Row<C, K> {
    const [found] = this.all(kind);
    if (found !== undefined) return found;
    const { id, state } = this.#record.summary;
    throw new Fault({ what: 'the run has no results yet', where: id, got: `it is ${state}` });
  }
}

function noForm({ job, summary }: RunRecord, format: Format, expected: string): Fault {
  return new Fault({ what: `${job.call} gives no ${format}`, where: summary.id, expected });
}

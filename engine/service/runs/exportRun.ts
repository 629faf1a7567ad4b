/** A run as a file that other tools read. A run that did not end is exported as far as it got, and says so. */
import { zipSync } from 'fflate';
import { duoFiles } from '../../exports/duoRun.ts';
import type { Written } from '../../exports/exportFormat.ts';
import { writeHeads } from '../../exports/heads.ts';
import { writeLocos } from '../../exports/locos.ts';
import { retrievalEnvelope } from '../../exports/retrievalEnvelope.ts';
import { textFile } from '../../exports/textFile.ts';
import { writeTables } from '../../exports/writeTables.ts';
import type { NamedFile } from '../../results/importedScores.ts';
import type { RequestOf, ResultOf } from '../../results/index.ts';
import { Fault } from '../../terms/fault.ts';
import { bundle } from './bundle.ts';
import { rowsFile } from './readRun.ts';
import { circuitText } from './runCircuit.ts';
import { runCsv } from './runCsv.ts';
import { hasHeads, headsOf } from './runHeads.ts';
import { gatesOf, headTablesOf, retrievalOf } from './runHeadTables.ts';
import type { StoredRun } from './runRows.ts';
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
      return { name: `${run}.csv`, data: bytesOf(await runCsv(stored)), notes: [] };
    case 'rows.jsonl':
      return {
        name: `${run}.rows.jsonl`,
        data: bytesOf(await readBounded(rowsFile(stored.folder), LARGEST)),
        notes: [],
      };
    case 'bundle.zip':
      return { name: `${run}.bundle.zip`, data: await bundleOf(stored), notes: [] };
    case 'circuit.json':
    case 'mib-nodes': {
      const { text, notes } = await circuitText(stored, { ...asked, format });
      return { name: `${run}.${format === 'mib-nodes' ? 'mib.json' : format}`, data: bytesOf(text), notes };
    }
    default:
      return foreignFile(stored, { ...asked, format });
  }
}

async function bundleOf(stored: StoredRun): Promise<Uint8Array> {
  const heads = hasHeads(stored.record) ? await headsOf(stored).then(writeHeads, () => null) : null;
  return bundle(stored, heads, LARGEST);
}

type ForeignFormat = Exclude<Format, 'heads.json' | 'csv' | 'rows.jsonl' | 'bundle.zip' | 'circuit.json' | 'mib-nodes'>;

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
    return { files: [textFile('scores.json', await locosOf(stored, asked.metric ?? 'copy'))], notes: [] };
  }
  const made = await headTablesOf(stored, format);
  return writeTables(format, made.tables, made.about, asked);
}

/** With every run, those that do not count too, and what failed. */
async function locosOf(stored: StoredRun, score: string): Promise<string> {
  const record = await retrievalOf(stored);
  const known = ['copy', ...record.header.scores.map(({ id }) => id)];
  if (known.includes(score)) return writeLocos(retrievalEnvelope(record, score));
  const where = stored.record.summary.id;
  throw new Fault({ what: 'no numbers of this id', where, expected: known.join(', '), got: score.slice(0, 100) });
}

function zipped(files: readonly NamedFile[]): Uint8Array {
  return zipSync(Object.fromEntries(files.map(({ name, data }) => [name, data])));
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

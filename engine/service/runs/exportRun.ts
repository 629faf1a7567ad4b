/** A run as a file that other tools read. A run that did not end is exported as far as it got, and says so. */
import { attributionHeads } from '../../exports/attributionHeads.ts';
import type { EffectsRecord } from '../../exports/exportFormat.ts';
import { headsFile, writeHeads } from '../../exports/heads.ts';
import { tables } from '../../exports/index.ts';
import type { EventOf, RequestOf, ResultOf } from '../../results/index.ts';
import type { JobCall, RunRecord } from '../../results/runs.ts';
import type { Baseline } from '../../results/taskReport.ts';
import { Fault } from '../../terms/fault.ts';
import { bundle } from './bundle.ts';
import { readRows, rowsFile } from './readRun.ts';
import type { RunStore } from './runStore.ts';
import { readBounded } from './safeFile.ts';

type Exported = ResultOf<'export'>;
type Format = RequestOf<'export'>['format'];

/** The file crosses to the client whole. */
const LARGEST = 512 * 2 ** 20;

const mediaTypes: Readonly<Record<Format, string>> = {
  'heads.json': 'application/json',
  csv: 'text/csv',
  'rows.jsonl': 'application/x-ndjson',
  'bundle.zip': 'application/zip',
};

export interface StoredRun {
  readonly record: RunRecord;
  readonly folder: string;
}

/** Throws Fault where there is no such run, where it has nothing of that form, and where it is too large. */
export async function exportRun(store: RunStore, { run, format }: RequestOf<'export'>): Promise<Exported> {
  const stored = await store.get(run);
  const name = format === 'csv' ? `${run}.csv` : `${run}.${format}`;
  return { name, mediaType: mediaTypes[format], data: await dataOf(stored, format) };
}

async function dataOf(stored: StoredRun, format: Format): Promise<Uint8Array> {
  switch (format) {
    case 'heads.json':
      return bytesOf(await headsOf(stored));
    case 'csv':
      return bytesOf(await tableOf(stored));
    case 'rows.jsonl':
      return bytesOf(await readBounded(rowsFile(stored.folder), LARGEST));
    case 'bundle.zip':
      return bundle(stored, hasHeads(stored.record) ? await headsOf(stored).catch(() => null) : null, LARGEST);
  }
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function hasHeads({ job }: RunRecord): boolean {
  return job.call === 'ablate' || job.call === 'attribute';
}

async function headsOf(stored: StoredRun): Promise<string> {
  switch (stored.record.job.call) {
    case 'ablate':
      return writeHeads(headsFile(await effectsOf(stored, 'ablate')));
    case 'attribute':
      return writeHeads(attributionHeads(await effectsOf(stored, 'attribute')));
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
    case 'patchGrid': {
      const rows = await Rows.read(stored, 'patchGrid');
      return tables.patchGrid({ header: rows.one('start').header, cells: rows.all('cell') });
    }
    case 'ablateSets': {
      const rows = await Rows.read(stored, 'ablateSets');
      return tables.ablateSets({ header: rows.one('start').header, sets: rows.all('set') });
    }
    default:
      throw noForm(stored.record, 'csv', `a run of ${Object.keys(tables).join(', ')}`);
  }
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

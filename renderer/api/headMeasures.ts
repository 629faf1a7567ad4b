/**
 * All measures that can colour the heads of the open model, from every run on it and from files that were read beside them. The list changes when measures come or go;
 * the numbers in it are written in place as rows come, and whoever draws them subscribes to the measure.
 */
import type { RunSummary } from '../../engine/results/runs.ts';
import { importedId, isImportedId } from '../state/importedId.ts';
import type { Schedule } from './frame.ts';
import { oncePerFrame } from './frame.ts';
import type { HeadMeasure } from './measuresOfRun.ts';
import { fingerprintOf, measuresOfRun, refreshMeasures } from './measuresOfRun.ts';
import type { RunStore } from './runStore.ts';

/** Which runs may be on the open model: a run's list entry names only path and name, its rows say the fingerprint. */
export interface MeasuredModel {
  readonly path: string;
  readonly name: string;
  readonly fingerprint: string;
}

export interface HeadMeasures {
  /** Newest run first; the same array until measures come or go. */
  readonly list: () => readonly HeadMeasure[];
  readonly find: (id: string) => HeadMeasure | null;
  /** Rises as numbers of the measure come; 0 for one that is not there. */
  readonly version: (id: string) => number;
  /** Hears when the list changes, or the numbers of one measure where its id is given. */
  readonly subscribe: (listener: () => void, id?: string) => () => void;
  readonly setModel: (model: MeasuredModel | null) => void;
  readonly setRuns: (runs: readonly RunSummary[]) => void;
  /**
   * Those of a file, for as long as the window is there: listed first while its model, told by the fingerprint, is looked at.
   * `make` is given what stands in the place of a run's id.
   */
  readonly addImported: (fingerprint: string, make: (id: string) => readonly HeadMeasure[]) => readonly HeadMeasure[];
  /** By what stands in the place of a run. */
  readonly removeImported: (run: string) => void;
}

interface ImportedMeasures {
  readonly run: string;
  readonly fingerprint: string;
  readonly measures: readonly HeadMeasure[];
}

const calls: ReadonlySet<RunSummary['call']> = new Set([
  'scores',
  'weightScores',
  'directLogits',
  'ablate',
  'attribute',
  'retrieve',
  'streamingHeads',
  'importance',
  'duo',
  'circuit',
]);
/** Runs that are read, the newest: a project of hundreds would otherwise be read whole. */
const MOST_RUNS = 40;

export function createHeadMeasures(runs: RunStore, schedule?: Schedule): HeadMeasures {
  const listeners = new Set<() => void>();
  const followed = new Map<string, () => void>();
  const byRun = new Map<string, readonly HeadMeasure[]>();
  let model: MeasuredModel | null = null;
  let summaries: readonly RunSummary[] = [];
  let list: readonly HeadMeasure[] = [];
  let imported: readonly ImportedMeasures[] = [];
  let everImported = 0;
  const publish = oncePerFrame(() => listeners.forEach((listener) => listener()), schedule);

  const relist = () => {
    const ofFiles = imported.filter(({ fingerprint }) => fingerprint === model?.fingerprint);
    const next = [
      ...ofFiles.flatMap(({ measures }) => measures),
      ...summaries.flatMap(({ id }) => byRun.get(id) ?? []),
    ];
    if (next.length === list.length && next.every((measure, i) => measure === list[i])) return;
    list = next;
    publish.ask();
  };
  const read = (id: string) => {
    const { table } = runs.get(id);
    if (table === null || model === null || fingerprintOf(table) !== model.fingerprint) return;
    const known = byRun.get(id);
    if (known !== undefined) return refreshMeasures(known, table);
    byRun.set(id, measuresOfRun(id, table));
    relist();
  };
  const leave = (id: string) => {
    followed.get(id)?.();
    followed.delete(id);
    byRun.delete(id);
  };
  const sync = () => {
    const wanted = summaries.filter((run) => mayBeOn(run, model)).slice(0, MOST_RUNS);
    const ids = new Set(wanted.map(({ id }) => id));
    for (const id of [...followed.keys()]) if (!ids.has(id)) leave(id);
    for (const id of ids) {
      if (followed.has(id)) continue;
      followed.set(
        id,
        runs.subscribe(id, () => read(id)),
      );
      read(id);
    }
    relist();
  };
  const find = (id: string) => list.find((measure) => measure.id === id) ?? null;

  return {
    list: () => list,
    find,
    version: (id) => {
      const run = find(id)?.run;
      return run === undefined ? 0 : runs.get(run).version;
    },
    subscribe: (listener, id) => {
      listeners.add(listener);
      const run = id?.slice(0, id.lastIndexOf('/'));
      const isOfRun = run !== undefined && run !== '' && !isImportedId(run);
      const stop = isOfRun ? runs.subscribe(run, listener) : null;
      return () => {
        listeners.delete(listener);
        stop?.();
      };
    },
    setModel: (next) => {
      if (next?.fingerprint === model?.fingerprint && next?.path === model?.path) return;
      model = next;
      byRun.clear();
      [...followed.keys()].forEach(leave);
      sync();
    },
    setRuns: (next) => {
      summaries = next;
      sync();
    },
    addImported: (fingerprint, make) => {
      const run = importedId(++everImported);
      const measures = make(run);
      imported = [{ run, fingerprint, measures }, ...imported];
      relist();
      return measures;
    },
    removeImported: (run) => {
      imported = imported.filter((file) => file.run !== run);
      relist();
    },
  };
}

function mayBeOn({ call, model: of, state, rows }: RunSummary, model: MeasuredModel | null): boolean {
  if (model === null || of === null || !calls.has(call)) return false;
  return (of.path === model.path || of.name === model.name) && (state !== 'failed' || rows > 0);
}

/** The LOCOS envelope (aryopg/locos): scores of every head in every run, with what they were measured on. Imports terms and results only. */
import * as z from 'zod';
import type { ExpectedModel, HeadTable } from '../results/importedScores.ts';
import type { Plain } from '../results/records.ts';
import { validate } from '../results/validate.ts';
import { Fault } from '../terms/fault.ts';
import type { AboutTables, ExportFormat, ReadScores, Written } from './exportFormat.ts';
import { headKey, placesOf } from './headKey.ts';
import type { HeadLists, ListTable } from './headLists.ts';
import { readHeadLists, tableOfLists } from './headLists.ts';
import { headTable } from './headTable.ts';
import { hasKeys, isObject } from './isObject.ts';
import type { Ranked } from './ranked.ts';
import { ranked } from './ranked.ts';
import type { ScoresSource } from './scoresSource.ts';
import { textFile } from './textFile.ts';
import { gridOfPlaces } from './unitGrid.ts';

const count = z.int().min(0);

/** Their names, so that their tools read it; a file may say more. */
const locosMeta = z.looseObject({
  /** `behavioral`, `logit_contribution`, `attention_spatial`, `dla`, ... */
  method: z.string(),
  dataset: z.string().nullable(),
  /** Runs that passed the gate, whose scores are in the file. */
  num_trials_passed: count,
  num_trials_total: count,
  model: z.string().nullable(),
  pooled_ans_steps: count.nullable().exactOptional(),
  /** Least ROUGE-1 recall, times 100, of a run that passes. */
  rouge_threshold: z.number().nullable().exactOptional(),
  question_type: z.string().nullable().exactOptional(),
  /** Shortest and longest prompt, in tokens. */
  context_range: z.tuple([z.number(), z.number()]).nullable().exactOptional(),
  num_lengths: count.nullable().exactOptional(),
  num_depths: count.nullable().exactOptional(),
  max_decode_steps: count.nullable().exactOptional(),
  seed: z.int().nullable().exactOptional(),
  timestamp: z.string().nullable().exactOptional(),
  tuned_lens: z.string().nullable().exactOptional(),
});
export type LocosMeta = Plain<z.infer<typeof locosMeta>>;

/** One list for each head, layer by layer; in it one number for each run, in the order of the trial ids. */
type RunLists = readonly (readonly number[])[];

export const locos: ExportFormat = {
  id: 'locos',
  title: 'LOCOS envelope ({meta, scores: {"layer-head": [scores]}})',
  file: 'scores.json',
  reader: {
    looksLike(source) {
      const value = source.peek();
      return hasKeys(value, 'meta', 'scores') && isObject(value.meta) && isObject(value.scores);
    },
    read: readLocos,
  },
  write: (tables, about) => writeTables(tables, about),
};

export interface LocosFile {
  readonly meta: LocosMeta;
  /** Heads in each layer. */
  readonly perLayer: readonly number[];
  readonly scores: RunLists;
  /** The same runs with each needle token counted no more often than the needle has it; beside `scores`, which others read. */
  readonly capped?: RunLists;
  readonly trialIds: readonly string[];
  /** 95 %, of each head. */
  readonly intervals?: readonly (readonly [low: number, high: number])[];
}

/** A line for each head. Throws RangeError where a list is not as long as there are runs, or holds what is no number. */
export function writeLocos({ meta, perLayer, scores, capped, trialIds, intervals }: LocosFile): string {
  const heads = placesOf(perLayer).map(headKey);
  const fields = [
    `  "meta": ${JSON.stringify(meta)}`,
    `  "scores": ${byHead(heads, checked(scores, trialIds.length))}`,
    ...(capped === undefined ? [] : [`  "capped": ${byHead(heads, checked(capped, trialIds.length))}`]),
    `  "trial_ids": ${JSON.stringify(trialIds)}`,
    ...(intervals === undefined ? [] : [`  "confidence_intervals": ${byHead(heads, checked(intervals, 2))}`]),
  ];
  return `{\n${fields.join(',\n')}\n}\n`;
}

function byHead(heads: readonly string[], lists: RunLists): string {
  if (lists.length !== heads.length) throw new RangeError(`locos: ${lists.length} lists of ${heads.length} heads`);
  const lines = heads.map((head, i) => `    ${JSON.stringify(head)}: ${JSON.stringify(lists[i])}`);
  return lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n  }`;
}

function checked(lists: RunLists, length: number): RunLists {
  const wrong = lists.find((list) => list.length !== length || !list.every(Number.isFinite));
  if (wrong === undefined) return lists;
  throw new RangeError(`locos: expected ${length} finite numbers in each list, got ${wrong.slice(0, 8).join(', ')}`);
}

const envelope = z.looseObject({
  meta: z.looseObject({ method: z.string().exactOptional(), model: z.string().nullable().exactOptional() }),
  scores: z.unknown(),
  capped: z.unknown().optional(),
  trial_ids: z.array(z.union([z.string(), z.number()])).exactOptional(),
  confidence_intervals: z.unknown().optional(),
});

/** `scores`, and `capped` where the file has them. */
function readLocos(source: ScoresSource, model: ExpectedModel | null): ReadScores {
  const { where } = source;
  const file = validate(envelope, source.json(), where);
  const { method } = file.meta;
  const scores = readHeadLists(file.scores, `${where}: scores`);
  const read = tableOfLists(scores, model, where);
  const names = file.trial_ids?.map(String) ?? null;
  const intervals = intervalsOf(file.confidence_intervals, read, model, where);
  const tables = [
    tableOf({ id: 'scores', title: method ?? 'Score', read, names, intervals }),
    ...(file.capped === undefined
      ? []
      : [cappedTable(readHeadLists(file.capped, `${where}: capped`), { model, where, names, method })]),
  ];
  return {
    tables,
    model: { name: file.meta.model ?? null },
    notes: [...read.notes, ...namesNote(names, read)],
    doubts: read.doubts,
  };
}

function cappedTable(
  lists: HeadLists,
  of: { model: ExpectedModel | null; where: string; names: readonly string[] | null; method: string | undefined },
): HeadTable {
  const read = tableOfLists(lists, of.model, of.where);
  const title = `${of.method ?? 'Score'}, capped by how often the needle has each token`;
  return tableOf({ id: 'capped', title, read, names: of.names, intervals: null });
}

interface TableParts {
  readonly id: string;
  readonly title: string;
  readonly read: ListTable;
  readonly names: readonly string[] | null;
  readonly intervals: Float32Array | null;
}

function tableOf({ id, title, read: { perLayer, values, runs }, names, intervals }: TableParts): HeadTable {
  return headTable({
    ...{ id, title, perLayer, values, intervals },
    kind: 'behaviour',
    unit: 'head',
    direction: 'higher_keeps',
    runs: { values: runs, names: isNamed(runs, names) ? names : null },
  });
}

function isNamed(runs: RunLists, names: readonly string[] | null): boolean {
  return runs.every((list) => list.length === 0 || list.length === names?.length);
}

function namesNote(names: readonly string[] | null, { runs }: ListTable): string[] {
  if (names === null || isNamed(runs, names)) return [];
  return [`${names.length} trial ids, which is not the length of the lists: the runs have no names`];
}

/** Throws Fault where an interval is not two numbers. */
function intervalsOf(
  value: unknown,
  { perLayer, values }: ListTable,
  fit: ExpectedModel | null,
  where: string,
): Float32Array | null {
  if (value === undefined || value === null) return null;
  const at = `${where}: confidence_intervals`;
  const { places, lists } = readHeadLists(value, at);
  const wrong = lists.find((list) => list.length !== 2);
  if (wrong !== undefined) {
    throw new Fault({ what: 'no interval', where: at, expected: '[low, high]', got: `${wrong.length} numbers` });
  }
  const shape = perLayer.map((heads) => ({ heads, kvHeads: heads }));
  const model: ExpectedModel = { name: 'scores', perLayer: shape, countsFrom: fit?.countsFrom ?? 0 };
  const grid = gridOfPlaces(places, 'head', model, at);
  const intervals = new Float32Array(2 * values.length).fill(NaN);
  places.forEach((place, i) => intervals.set(lists[i] ?? [], 2 * grid.rowOf(place)));
  return intervals;
}

/** `capped` is written beside the scores where it comes with them. */
function writeTables(tables: readonly HeadTable[], about: AboutTables): Written {
  const capped = tables.find(({ id }) => id === 'capped');
  const scores = ranked(
    capped === undefined || tables.length === 1 ? tables : tables.filter((table) => table !== capped),
    'locos',
  );
  const names = namesOf(scores.table);
  const meta = metaOf(scores, about, names.length);
  const pairs = pairsOf(scores.table.intervals ?? new Float32Array(), scores.sign);
  const areKnown = pairs.length > 0 && pairs.flat().every(Number.isFinite);
  const text = writeLocos({
    ...{ meta, perLayer: scores.table.perLayer, scores: listsOf(scores, names.length), trialIds: names },
    ...(capped === undefined || capped === scores.table
      ? {}
      : { capped: listsOf({ ...scores, table: capped }, names.length) }),
    ...(areKnown ? { intervals: pairs } : {}),
  });
  const lost = areKnown || pairs.length === 0 ? [] : ['not every head has an interval: they are left out'];
  return { files: [textFile('scores.json', text)], notes: [...scores.notes, ...singleNote(scores.table), ...lost] };
}

function singleNote({ runs }: HeadTable): string[] {
  return runs === null ? ['the single runs are not known: each list holds the mean alone'] : [];
}

function metaOf({ table }: Ranked, { model, dataset, created }: AboutTables, runs: number): LocosMeta {
  const passed = { num_trials_passed: runs, num_trials_total: runs };
  return { method: table.title, dataset, ...passed, model, timestamp: created };
}

/** Ids of the runs: their numbers where they have no names. */
function namesOf({ runs }: HeadTable): readonly string[] {
  if (runs === null) return ['mean'];
  const longest = runs.values.reduce((most, list) => Math.max(most, list.length), 0);
  return runs.names ?? Array.from({ length: longest }, (_, run) => `${run}`);
}

/** Throws Fault where heads have runs in different numbers: the form has one list of trial ids for all. */
function listsOf({ table, sign }: Ranked, runs: number): RunLists {
  const lists = table.runs?.values ?? Array.from(table.values, (value) => [value]);
  const wrong = lists.findIndex((list) => list.length !== runs || !list.every(Number.isFinite));
  if (wrong >= 0) {
    const got = `${lists[wrong]?.length ?? 0} of head ${wrong} (layer by layer)`;
    throw new Fault({ what: 'not every head has a number for each run', where: 'locos', expected: `${runs}`, got });
  }
  return lists.map((list) => list.map((value) => sign * value));
}

function pairsOf(intervals: Float32Array, sign: 1 | -1): (readonly [number, number])[] {
  return Array.from({ length: intervals.length / 2 }, (_, row) => {
    const [low = NaN, high = NaN] = intervals.subarray(2 * row, 2 * row + 2);
    return sign === 1 ? [low, high] : [-high, -low];
  });
}

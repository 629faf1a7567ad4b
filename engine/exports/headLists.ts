/** `{"layer-head": [numbers]}`, as Retrieval_Head, HeadKV, SparseMM and LOCOS write it. Imports terms and results only. */
import type { ExpectedModel, HeadTable } from '../results/importedScores.ts';
import { Fault } from '../terms/fault.ts';
import type { Place } from './headKey.ts';
import { headKey, placeOfKey, placesOf } from './headKey.ts';
import { isObject } from './isObject.ts';
import { countedFromOne, gridOfPlaces, wholeOfSmaller } from './unitGrid.ts';
import { shown } from './shown.ts';

export interface HeadLists {
  readonly places: readonly Place[];
  /** Of each place, one number for each run. */
  readonly lists: readonly (readonly number[])[];
}

/** Throws Fault for a key that names no head, a head twice, and what is no list of finite numbers. */
export function readHeadLists(value: unknown, where: string): HeadLists {
  if (!isObject(value)) throw new Fault({ what: 'not an object', where, expected: '{"layer-head": [numbers]}' });
  const entries = Object.entries(value).map(
    ([key, list]) => [placeOf(key, where), numbersOf(list, key, where)] as const,
  );
  const places = entries.map(([place]) => place);
  requireOnce(places, where);
  return { places, lists: entries.map(([, list]) => list) };
}

/** A head given twice: one of the two numbers would be dropped without a word. */
export function requireOnce(places: readonly Place[], where: string): void {
  const seen = new Set<string>();
  for (const key of places.map(headKey)) {
    if (seen.has(key)) throw new Fault({ what: 'a head twice', where, expected: 'each once', got: key });
    seen.add(key);
  }
}

function placeOf(key: string, where: string): Place {
  const place = placeOfKey(key);
  if (place !== null) return place;
  throw new Fault({ what: 'a key that names no head', where, expected: 'layer-head', got: key.slice(0, 60) });
}

/** A single number stands for a list of one. */
function numbersOf(value: unknown, key: string, where: string): readonly number[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.every((one): one is number => typeof one === 'number' && Number.isFinite(one))) return list;
  const got = list.find((one) => typeof one !== 'number' || !Number.isFinite(one));
  throw new Fault({
    what: 'no list of numbers',
    where: `${where}: ${key}`,
    got: shown(got),
  });
}

export interface ListTable extends Pick<HeadTable, 'perLayer' | 'values'> {
  readonly runs: readonly (readonly number[])[];
  readonly notes: readonly string[];
  readonly doubts: readonly string[];
}

/** The mean of each list, NaN where a head has none. Throws Fault where a head is not in the model. */
export function tableOfLists({ places, lists }: HeadLists, model: ExpectedModel | null, where: string): ListTable {
  const grid = gridOfPlaces(places, 'head', model, where);
  const runs: (readonly number[])[] = Array.from({ length: grid.size }, () => []);
  places.forEach((place, i) => (runs[grid.rowOf(place)] = lists[i] ?? []));
  return {
    perLayer: grid.perLayer,
    values: Float32Array.from(runs, meanOf),
    runs,
    notes: [...unknownNotes(places, runs), ...lengthNotes(lists)],
    doubts: [...countedFromOne(places, model), ...wholeOfSmaller(places, grid)],
  };
}

function meanOf(list: readonly number[]): number {
  return list.reduce((sum, value) => sum + value, 0) / list.length;
}

function unknownNotes(places: readonly Place[], runs: readonly (readonly number[])[]): string[] {
  const missing = runs.length - places.length;
  const empty = runs.filter((list) => list.length === 0).length - missing;
  return [
    ...(missing === 0 ? [] : [`${missing} of ${runs.length} heads are not in the file: unknown, not 0`]),
    ...(empty === 0 ? [] : [`${empty} of ${runs.length} heads have an empty list, no run: unknown, not 0`]),
  ];
}

function lengthNotes(lists: readonly (readonly number[])[]): string[] {
  const lengths = lists.map((list) => list.length).filter((length) => length > 0);
  const [least, most] = [
    lengths.reduce((a, b) => Math.min(a, b), Infinity),
    lengths.reduce((a, b) => Math.max(a, b), 0),
  ];
  if (most === 0) return ['no run is in the file: none passed the gate of the tool that wrote it'];
  return [
    least === most ? `the mean of ${most} runs` : `means of ${least} to ${most} runs: the lists differ in length`,
  ];
}

/** The lists of a table by head; its values as lists of one where it has no runs, and empty ones where a value is unknown. */
export function listsOfTable(
  { values, runs, perLayer }: HeadTable,
  sign: 1 | -1,
): readonly (readonly [string, number[]])[] {
  return placesOf(perLayer).map((place, row) => {
    const value = values[row] ?? NaN;
    const list = runs?.values[row] ?? (Number.isFinite(value) ? [value] : []);
    return [headKey(place), list.map((one) => (sign === 1 ? one : -one))];
  });
}

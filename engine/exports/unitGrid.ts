/** Which heads or groups a model has, and where what a file says of one belongs. Imports terms and results only. */
import type { ExpectedModel, HeadTable } from '../results/importedScores.ts';
import { Fault } from '../terms/fault.ts';
import type { Place } from './headKey.ts';
import { headKey } from './headKey.ts';
import { shapeWords, unitWords } from './headTable.ts';

type Unit = HeadTable['unit'];

/** More than any model has: what a file may make us allocate. */
const LARGEST = 2 ** 20;
const MOST_LAYERS = 2 ** 14;

export interface UnitGrid {
  /** Units in each layer. */
  readonly perLayer: readonly number[];
  readonly size: number;
  /** Position in a table that goes layer by layer. */
  rowOf(place: Place): number;
}

/** Units in each layer of the model. */
function unitsOf({ perLayer }: ExpectedModel, unit: Unit): number[] {
  return perLayer.map(({ heads, kvHeads }) => (unit === 'head' ? heads : kvHeads));
}

/** A file that says its whole shape. Throws Fault where the model has another. */
export function gridOfShape(
  perLayer: readonly number[],
  unit: Unit,
  model: ExpectedModel | null,
  where: string,
): UnitGrid {
  requireBounded(perLayer, where);
  if (model !== null) requireShape(perLayer, unit, model, where);
  return grid(perLayer);
}

/**
 * A file that lists some units: the model's grid; without a model as many layers, and units in each, as the largest
 * indices say. `fields` are those that the file gives by number. Throws Fault where a unit is listed that the model does not
 * have.
 */
export function gridOfPlaces(
  places: readonly Place[],
  unit: Unit,
  model: ExpectedModel | null,
  where: string,
  fields: readonly (keyof Place)[] = bothFields,
): UnitGrid {
  if (model === null) return gridOfShape(shapeOfPlaces(places, where), unit, null, where);
  const perLayer = unitsOf(model, unit);
  const inModel = placeInModel(model, fields);
  const isThere = ({ layer, index }: Place) => index >= 0 && index < (perLayer[layer] ?? 0);
  const outside = places.find((place) => !isThere(inModel(place)));
  if (outside !== undefined) throw notThere(outside, places, perLayer, { unit, where, first: model.countsFrom ?? 0 });
  const { size, rowOf } = grid(perLayer);
  return { perLayer, size, rowOf: (place) => rowOf(inModel(place)) };
}

const bothFields = ['layer', 'index'] as const satisfies readonly (keyof Place)[];

/** Where the model has what the file calls so. */
function placeInModel({ countsFrom = 0 }: ExpectedModel, fields: readonly (keyof Place)[]): (place: Place) => Place {
  const first = (field: keyof Place) => (fields.includes(field) ? countsFrom : 0);
  return ({ layer, index }) => ({ layer: layer - first('layer'), index: index - first('index') });
}

function grid(perLayer: readonly number[]): UnitGrid {
  const starts: number[] = [];
  let size = 0;
  for (const units of perLayer) {
    starts.push(size);
    size += units;
  }
  return {
    perLayer,
    size,
    rowOf: ({ layer, index }) => (starts[layer] ?? 0) + index,
  };
}

function shapeOfPlaces(places: readonly Place[], where: string): number[] {
  const layers = largest(places, 'layer') + 1;
  const units = largest(places, 'index') + 1;
  if (layers > MOST_LAYERS || layers * units > LARGEST) throw tooMany(layers * units, where);
  return Array.from({ length: layers }, () => units);
}

function largest(places: readonly Place[], field: keyof Place): number {
  return places.reduce((most, place) => Math.max(most, place[field]), -1);
}

function requireBounded(perLayer: readonly number[], where: string): void {
  const size = perLayer.reduce((sum, units) => sum + units, 0);
  if (size > LARGEST || perLayer.length > MOST_LAYERS) throw tooMany(size, where);
}

function tooMany(got: number, where: string): Fault {
  const expected = `at most ${LARGEST} in ${MOST_LAYERS} layers`;
  return new Fault({ what: 'more heads than any model has', where, expected, got: `${got}` });
}

function requireShape(perLayer: readonly number[], unit: Unit, model: ExpectedModel, where: string): void {
  const expected = unitsOf(model, unit);
  if (isSame(perLayer, expected)) return;
  const other = unit === 'head' ? 'kv-group' : 'head';
  const hint = isSame(perLayer, unitsOf(model, other)) ? `, which is one for each of its ${unitWords(other)}` : '';
  throw new Fault({
    what: 'of another shape than the model',
    where,
    expected: `${shapeWords(expected, unit)} (${model.name})`,
    got: `${shapeWords(perLayer, unit)}${hint}`,
  });
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((units, layer) => units === b[layer]);
}

function notThere(
  place: Place,
  places: readonly Place[],
  perLayer: readonly number[],
  { unit, where, first }: { readonly unit: Unit; readonly where: string; readonly first: 0 | 1 },
): Fault {
  const most = perLayer.reduce((a, b) => Math.max(a, b), 0);
  const isFromOne = largest(places, 'index') === most || largest(places, 'layer') === perLayer.length;
  const hint = first === 0 && countedFromOne(places, null).length > 0 && isFromOne ? FROM_ONE : '';
  return new Fault({
    what: `${unit === 'head' ? 'head' : 'KV group'} ${headKey(place)} is not in the model`,
    where,
    expected: `layers ${first} to ${perLayer.length - 1 + first} and ${unitWords(unit)} ${first} to ${most - 1 + first} (counted from ${first})`,
    got: `layers up to ${largest(places, 'layer')} and ${unitWords(unit)} up to ${largest(places, 'index')}${hint}`,
  });
}

/**
 * A line that says so where a file has every unit of fewer layers or fewer units a layer than the grid, and no other: it is of a
 * smaller model more likely than a part of this one.
 */
export function wholeOfSmaller(places: readonly Place[], { perLayer, size }: UnitGrid): string[] {
  const [layers, units] = [largest(places, 'layer') + 1, largest(places, 'index') + 1];
  const isWhole = layers > 1 && units > 1 && places.length === layers * units;
  if (!isWhole || places.length === size) return [];
  const most = perLayer.reduce((a, b) => Math.max(a, b), 0);
  return [
    `the file has all of ${layers} layers of ${units} and no other, the model here ${perLayer.length} layers of ${most}: it may be of a smaller one`,
  ];
}

const FROM_ONE =
  ', none of them 0: the file seems to count from 1; nothing was moved, for that would be a guess: say that it counts from 1, or subtract 1 in the file';

const words = { layer: 'layer', index: 'head' } as const;

/** Lines that say so where nothing has index 0, as in a file that counts from 1; none where it was said to do so. */
export function countedFromOne(
  places: readonly Place[],
  model: ExpectedModel | null,
  fields: readonly (keyof Place)[] = bothFields,
): string[] {
  if (places.length === 0 || model?.countsFrom === 1) return [];
  return fields
    .filter((field) => places.every((place) => place[field] > 0))
    .map(
      (field) => `no ${words[field]} 0 is listed: if the file counts from 1, every ${words[field]} here is one too far`,
    );
}

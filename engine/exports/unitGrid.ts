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
 * indices say. Throws Fault where a unit is listed that the model does not have.
 */
export function gridOfPlaces(
  places: readonly Place[],
  unit: Unit,
  model: ExpectedModel | null,
  where: string,
): UnitGrid {
  if (model === null) return gridOfShape(shapeOfPlaces(places, where), unit, null, where);
  const perLayer = unitsOf(model, unit);
  const outside = places.find(({ layer, index }) => index >= (perLayer[layer] ?? 0));
  if (outside !== undefined) throw notThere(outside, places, perLayer, unit, where);
  return grid(perLayer);
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
  unit: Unit,
  where: string,
): Fault {
  const most = perLayer.reduce((a, b) => Math.max(a, b), 0);
  const isFromOne = largest(places, 'index') === most || largest(places, 'layer') === perLayer.length;
  const hint = countedFromOne(places).length > 0 && isFromOne ? FROM_ONE : '';
  return new Fault({
    what: `${unit === 'head' ? 'head' : 'KV group'} ${headKey(place)} is not in the model`,
    where,
    expected: `layers 0 to ${perLayer.length - 1} and ${unitWords(unit)} 0 to ${most - 1} (counted from 0)`,
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
  ', none of them 0: the file seems to count from 1; nothing was moved, for that would be a guess: subtract 1 in the file';

const words = { layer: 'layer', index: 'head' } as const;

/** Lines that say so where nothing has index 0, as in a file that counts from 1. */
export function countedFromOne(
  places: readonly Place[],
  fields: readonly (keyof Place)[] = ['layer', 'index'],
): string[] {
  if (places.length === 0) return [];
  return fields
    .filter((field) => places.every((place) => place[field] > 0))
    .map(
      (field) => `no ${words[field]} 0 is listed: if the file counts from 1, every ${words[field]} here is one too far`,
    );
}

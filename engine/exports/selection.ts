/** Selections: tables of 1 (stays) and 0 (goes). Imports terms and results only. */
import type { ExpectedModel, HeadTable } from '../results/importedScores.ts';
import { Fault } from '../terms/fault.ts';
import type { Place } from './headKey.ts';
import { placesOf } from './headKey.ts';
import { headTable, unitWords } from './headTable.ts';
import { onlyTable } from './ranked.ts';
import { countedFromOne, gridOfPlaces } from './unitGrid.ts';

type Unit = HeadTable['unit'];

/**
 * All but the `remove` units that the table holds least worth keeping; of equals the later goes. Throws Fault where the table
 * does not say which end is worth keeping, where units have no number, and where so many are not there.
 */
export function keepBest(table: HeadTable, remove: number): HeadTable {
  const { direction, values, id } = table;
  if (direction === null) {
    const got = `${id}, ${table.kind}`;
    throw new Fault({
      what: 'nothing says which end is worth keeping',
      where: id,
      expected: 'scores of importance',
      got,
    });
  }
  if (remove >= values.length) {
    const expected = `fewer than ${values.length} ${unitWords(table.unit)}`;
    throw new Fault({ what: 'nothing would be left', where: id, expected, got: `${remove} to remove` });
  }
  const unknown = values.findIndex((value) => !Number.isFinite(value));
  if (unknown >= 0) {
    const expected = `a number for each of ${values.length} ${unitWords(table.unit)}`;
    throw new Fault({
      what: 'units without a number can not be ranked',
      where: id,
      expected,
      got: `none for number ${unknown}`,
    });
  }
  const sign = direction === 'higher_keeps' ? 1 : -1;
  const order = Array.from(values.keys()).sort((a, b) => sign * ((values[a] ?? 0) - (values[b] ?? 0)) || b - a);
  return selectionOf(table, new Set(order.slice(0, remove)));
}

function selectionOf({ unit, perLayer, id, title, values, settings }: HeadTable, gone: ReadonlySet<number>): HeadTable {
  return headTable({
    id: `${id}.keep`,
    title: `${title}: what stays when ${gone.size} go`,
    kind: 'selection',
    direction: 'higher_keeps',
    ...{ unit, perLayer, settings, values: values.map((_, row) => (gone.has(row) ? 0 : 1)) },
  });
}

/** The one table, of 0 and 1. Throws Fault where it is none. */
export function onlySelection(tables: readonly HeadTable[], unit: Unit, format: string): HeadTable {
  const table = onlyTable(tables, unit, format);
  const isPlan = table.kind === 'selection' && table.values.every((value) => value === 0 || value === 1);
  if (isPlan) return table;
  const expected = `a plan, or how many ${unitWords(unit)} to remove`;
  throw new Fault({ what: 'nothing says which stay', where: format, expected, got: `${table.id}, ${table.kind}` });
}

/** Places of a selection with this value. */
export function chosen({ perLayer, values }: HeadTable, value: 0 | 1): Place[] {
  return placesOf(perLayer).filter((_, row) => values[row] === value);
}

/** Listed units have `listed`, all others the opposite. Throws Fault without a model: a list does not say how many there are. */
export function readSelection(
  places: readonly Place[],
  {
    unit,
    listed,
    id,
    title,
  }: { readonly unit: Unit; readonly listed: 0 | 1; readonly id: string; readonly title: string },
  model: ExpectedModel | null,
  where: string,
): { readonly table: HeadTable; readonly doubts: readonly string[] } {
  if (model === null) {
    const expected = 'the model that it is for: the list does not say how many there are';
    throw new Fault({ what: `a list of ${unitWords(unit)} alone`, where, expected });
  }
  const grid = gridOfPlaces(places, unit, model, where);
  const values = new Float32Array(grid.size).fill(1 - listed);
  for (const place of places) values[grid.rowOf(place)] = listed;
  const { perLayer } = grid;
  const table = headTable({ kind: 'selection', direction: 'higher_keeps', ...{ id, title, unit, perLayer, values } });
  // Chosen heads may well lie in few layers, and few of them may miss head 0: many do so once in twenty times.
  const isLong = places.length >= 3 * perLayer.reduce((a, b) => Math.max(a, b), 0);
  return { table, doubts: isLong ? countedFromOne(places, model, ['index']) : [] };
}

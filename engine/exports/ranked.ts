/** What formats take that know one number a head, of which more is better. Imports terms and results only. */
import type { HeadTable } from '../results/importedScores.ts';
import { Fault } from '../terms/fault.ts';
import { unitWords } from './headTable.ts';

export interface Ranked {
  readonly table: HeadTable;
  /** By which every value is to be multiplied so that the units worth keeping have the highest. */
  readonly sign: 1 | -1;
  readonly notes: readonly string[];
}

/** The one table. Throws Fault where there are several, or it is of another unit. */
export function onlyTable(tables: readonly HeadTable[], unit: HeadTable['unit'], format: string): HeadTable {
  const [table, second] = tables;
  if (table === undefined) throw new Fault({ what: 'no table to write', where: format });
  if (second !== undefined) {
    const got = tables.map(({ id }) => id).join(', ');
    throw new Fault({ what: 'several tables', where: format, expected: 'one of them, chosen by its id', got });
  }
  if (table.unit === unit) return table;
  const expected = `a table of ${unitWords(unit)}`;
  throw new Fault({
    what: 'of another unit',
    where: format,
    expected,
    got: `${table.id}, of ${unitWords(table.unit)}`,
  });
}

/** For files that are read as scores of behaviour: what else the numbers are is said. */
export function ranked(tables: readonly HeadTable[], format: string): Ranked {
  const table = onlyTable(tables, 'head', format);
  if (table.kind === 'selection' || table.kind === 'budget') {
    throw new Fault({
      what: 'no scores',
      where: format,
      expected: 'one score a head',
      got: `${table.id}, a ${table.kind}`,
    });
  }
  const sign = table.direction === 'lower_keeps' ? -1 : 1;
  return { table, sign, notes: [...meaningNotes(table), ...signNotes(sign), ...unknownNotes(table)] };
}

function meaningNotes({ id, kind }: HeadTable): string[] {
  return kind === 'behaviour'
    ? []
    : [
        `${id} is ${kindWords[kind]}, and the file has no place to say so: its readers take it for a score of behaviour`,
      ];
}

const kindWords: Readonly<Record<HeadTable['kind'], string>> = {
  behaviour: 'a score of behaviour',
  write: 'a size of what a head writes',
  pattern: 'a score of where a head looks',
  causal: 'a measured effect of removal',
  attribution: 'an estimated effect of removal',
  proxy: 'a size of activations and weights',
  control: 'drawn at random',
  compress: 'a measure of how far the cache may be shortened',
  budget: 'a budget',
  selection: 'a selection',
};

function signNotes(sign: 1 | -1): string[] {
  return sign === 1 ? [] : ['signs are turned: the readers of this form take the highest for the most important'];
}

function unknownNotes({ values }: HeadTable): string[] {
  const unknown = values.filter((value) => !Number.isFinite(value)).length;
  return unknown === 0 ? [] : [`${unknown} heads have no number`];
}

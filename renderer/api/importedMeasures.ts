/** What a file of another tool says of heads: each of its tables as a measure that can colour them, marked as imported. */
import type { ResultOf } from '../../engine/results/contract.ts';
import type { HeadTable, TableKind } from '../../engine/results/importedScores.ts';
import type { HeadMeasure } from './headMeasure.ts';

/** Of the model that is looked at. */
export type ModelHeads = Pick<ResultOf<'info'>, 'shape' | 'perLayer'>;

export interface ImportedFile {
  /** Stands in the place of a run. */
  readonly id: string;
  /** Of the file, or the folder. */
  readonly name: string;
  readonly read: ResultOf<'importScores'>;
}

export const kindWords: Readonly<Record<TableKind, string>> = {
  behaviour: 'a score of behaviour',
  write: 'a size of what a head writes',
  pattern: 'a score of where a head looks',
  causal: 'a measured effect of removal',
  attribution: 'an estimated effect of removal',
  proxy: 'a proxy of importance',
  control: 'a control drawn at random',
  compress: 'how far the cache may be shortened',
  budget: 'a budget for the cache or for kernels',
  selection: 'a plan: 1 stays, 0 goes',
};

/** Titles that are formulas are told with the measure; it is named by its id then. */
const LONGEST = 40;

export function importedMeasures(file: ImportedFile, model: ModelHeads): readonly HeadMeasure[] {
  return file.read.tables.map((table) => measureOf(table, file, model));
}

function measureOf(table: HeadTable, { id, name, read }: ImportedFile, model: ModelHeads): HeadMeasure {
  const n = runsIn(table);
  const { values } = table;
  const known = values.filter(Number.isFinite);
  const laid = (numbers: ArrayLike<number>) => layOnHeads(numbers, table, model);
  const ends = endsOf(table, values.length);
  return {
    id: `${id}/${table.id}`,
    run: id,
    ...{ call: 'imported', kind: 'imported', family: 'imported' },
    title: `Imported: ${table.title.length > LONGEST ? table.id : table.title}`,
    // `score, imported 1`, `zero.kl, imported 2`: in a column and a list of bars there is no room for the file's name.
    short: `${table.id.slice(table.id.indexOf('.') + 1)}, ${id.replace('-', ' ')}`,
    unit: table.measure ?? '',
    range: isShare(table.kind) && known.every((value) => value >= 0 && value <= 1) ? [0, 1] : null,
    signed: known.some((value) => value < 0),
    direction: null,
    about: `${kindWords[table.kind]}, from ${name} (${formOf(read.title)})${n === 0 ? '' : `; mean of ${n} runs`}`,
    formula: table.title,
    ...{ source: formOf(read.title), rule: '' },
    dataset: name,
    ...{ n, samples: n === 0 ? '' : 'runs' },
    of: table.unit,
    uniform: null,
    ...{ layers: model.shape.layers, heads: model.shape.heads },
    ...{ values: laid(values), low: laid(ends.low), high: laid(ends.high) },
  };
}

function isShare(kind: TableKind): boolean {
  return kind === 'compress' || kind === 'selection' || kind === 'behaviour' || kind === 'pattern';
}

/** Runs that a value is the mean of; 0 where the file does not say. */
function runsIn({ runs }: HeadTable): number {
  return runs?.values.reduce((most, { length }) => Math.max(most, length), 0) ?? 0;
}

function endsOf({ intervals }: HeadTable, size: number) {
  const end = (which: 0 | 1) => Float32Array.from({ length: size }, (_, unit) => intervals?.[2 * unit + which] ?? NaN);
  return { low: end(0), high: end(1) };
}

/** Numbers that go layer by layer, at [layer * heads + head]; a head has the number of its KV group, floor(h G / N). */
function layOnHeads(numbers: ArrayLike<number>, { unit }: HeadTable, { shape, perLayer }: ModelHeads): Float32Array {
  const laid = new Float32Array(shape.layers * shape.heads).fill(NaN);
  let start = 0;
  for (const [layer, { heads, kvHeads }] of perLayer.entries()) {
    for (let head = 0; head < heads; head++) {
      const index = unit === 'head' ? head : Math.floor((head * kvHeads) / heads);
      laid[layer * shape.heads + head] = numbers[start + index] ?? NaN;
    }
    start += unit === 'head' ? heads : kvHeads;
  }
  return laid;
}

/** `LOCOS envelope` of `LOCOS envelope ({meta, scores: ...})`. */
function formOf(title: string): string {
  return title.split(' (')[0] ?? title;
}

/** A ranking of heads, as it is given on the command line or in a file of any tool. */
import { basename } from 'node:path';
import { placesOf } from '../../exports/headKey.ts';
import { importScores } from '../../exports/importScores.ts';
import type { ResultOf } from '../../results/index.ts';
import type { HeadTable } from '../../results/importedScores.ts';
import type { HeadRef } from '../../results/units.ts';
import { seededRandom } from '../../tensor/random.ts';
import { Fault } from '../../terms/fault.ts';
import type { Input } from '../input.ts';
import { readBytes } from '../textFile.ts';
import type { Context, Option } from './command.ts';

export const rankingOptions = {
  ranking: { type: 'string', value: 'F', about: 'scores to rank heads by: any file that convert reads' },
  metric: { type: 'string', value: 'ID', about: 'which numbers of the file, where it has several' },
  heads: { type: 'string', value: 'L1H2,L0H3', about: 'a ranking of your own, the best first' },
} as const satisfies Record<string, Option>;

/** Best first; equal heads in a random order of `seed`. Throws Fault for a file that does not fit the model, or has no number. */
export async function readRanking(
  input: Input,
  { model: { name, fingerprint }, shape }: Pick<ResultOf<'open'>, 'model' | 'shape'>,
  { stderr }: Context,
  seed: number,
): Promise<readonly HeadRef[]> {
  if (input.oneOf(['ranking', 'heads']) === 'heads') return headsNamed(input);
  const path = input.required('ranking');
  const perLayer = Array.from({ length: shape.layers }, () => ({ heads: shape.heads, kvHeads: shape.kvHeads }));
  const expected = { name, fingerprint, perLayer };
  const files = [{ name: basename(path), data: await readBytes(path) }];
  const read = importScores({ files, expected });
  for (const line of read.mismatches) await stderr.write(`warning: ${line}\n`);
  const { table, note } = tableOf(read.tables, input.text('metric'), path);
  if (note !== null) await stderr.write(`note: ${note}\n`);
  const ranked = rankedBy(table, seed);
  if (ranked.length > 0) return ranked;
  throw new Fault({
    what: 'nothing to rank heads by',
    where: path,
    expected: 'a number for at least one head',
    got: read.notes.join('; '),
  });
}

function headsNamed(input: Input): readonly HeadRef[] {
  return input
    .required('heads')
    .split(',')
    .map((text) => {
      const [, layer, head] = /^L(\d{1,6})H(\d{1,6})$/.exec(text.trim()) ?? [];
      if (layer !== undefined && head !== undefined) return { layer: Number(layer), head: Number(head) };
      return input.fail('--heads', { expected: 'heads such as L9H6,L4H1', got: text });
    });
}

interface Chosen {
  readonly table: HeadTable;
  /** Which of several it is. */
  readonly note: string | null;
}

/** The first where the file has several and none is named: what the file is about comes first. */
function tableOf(tables: readonly HeadTable[], metric: string | undefined, where: string): Chosen {
  const heads = tables.filter(({ unit }) => unit === 'head');
  const table = metric === undefined ? heads[0] : heads.find(({ id }) => id === metric);
  const ids = heads.map(({ id }) => id).join(', ');
  if (table === undefined) {
    const expected = heads.length === 0 ? 'a number for each head' : `one of ${ids}`;
    throw new Fault({
      what: 'nothing to rank heads by',
      where,
      expected,
      ...(metric === undefined ? {} : { got: metric }),
    });
  }
  const isChosen = metric === undefined && heads.length > 1;
  return { table, note: isChosen ? `ranked by ${table.id}, the first of ${ids} (--metric takes another)` : null };
}

/**
 * Heads without a number are left out: nothing ranks them. Most heads copy nothing; in the order of the model the last of many
 * equal ones would all be of the last layer.
 */
function rankedBy({ perLayer, values, direction }: HeadTable, seed: number): readonly HeadRef[] {
  const sign = direction === 'lower_keeps' ? -1 : 1;
  const known = placesOf(perLayer).flatMap(({ layer, index }, i) => {
    const value = values[i] ?? NaN;
    return Number.isNaN(value) ? [] : [{ layer, head: index, value: sign * value }];
  });
  return seededRandom(seed)
    .shuffled(known)
    .sort((a, b) => b.value - a.value)
    .map(({ layer, head }) => ({ layer, head }));
}

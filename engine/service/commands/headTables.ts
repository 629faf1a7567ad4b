/** Files about heads on the command line, ours or another tool's: `scores.json`, `heads.json#ablation.zero.logitDifference`. */
import { importScores } from '../../exports/importScores.ts';
import type { HeadTable } from '../../results/importedScores.ts';
import type { ResultOf } from '../../results/index.ts';
import { Fault } from '../../terms/fault.ts';
import { readBytes } from '../textFile.ts';
import type { Context } from './command.ts';

/**
 * The table of a file that `fits`; after `#`, the one of that id. What may make it another model's is said on standard error.
 * Throws Fault for a file that can't be read or has another shape, and where no table fits, or several do.
 */
export async function readHeadTable(
  text: string,
  { name, fingerprint, perLayer }: ResultOf<'info'>,
  { stderr }: Context,
  wanted: { readonly what: string; readonly format?: string | undefined; fits(table: HeadTable): boolean },
): Promise<HeadTable> {
  const [path = '', id] = text.split('#');
  const shapes = perLayer.map(({ heads, kvHeads }) => ({ heads, kvHeads }));
  const expected = { name, fingerprint, perLayer: shapes };
  const files = [{ name: path, data: await readBytes(path) }];
  const read = importScores({ files, expected, ...(wanted.format === undefined ? {} : { format: wanted.format }) });
  for (const line of read.mismatches) await stderr.write(`warning: ${path}: ${line}\n`);
  const tables = read.tables.filter((table) => wanted.fits(table) && (id === undefined || table.id === id));
  const [table, ...more] = tables;
  if (table !== undefined && more.length === 0) return table;
  throw new Fault({
    what: table === undefined ? `the file has no ${wanted.what}` : `the file has several, of which one is needed`,
    where: path,
    expected: table === undefined ? wanted.what : `${path}#ID`,
    got: (table === undefined ? read.tables : tables).map((one) => `${one.id} (${one.unit})`).join(', ') || 'nothing',
  });
}

/** The units of a table with their values, layer by layer; those without one are left out. */
export function valuesIn({ perLayer, values }: HeadTable): { layer: number; index: number; value: number }[] {
  let row = 0;
  return perLayer.flatMap((units, layer) =>
    Array.from({ length: units }, (_, index) => ({ layer, index, value: values[row++] ?? NaN })).filter(({ value }) =>
      Number.isFinite(value),
    ),
  );
}

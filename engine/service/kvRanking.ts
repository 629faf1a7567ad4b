/** A ranking of KV heads read from a file of any tool. */
import { basename } from 'node:path';
import { importScores } from '../exports/importScores.ts';
import type { ExpectedModel, HeadTable } from '../results/importedScores.ts';
import type { PerKvHead } from '../results/duo.ts';
import { Fault } from '../terms/fault.ts';
import { readBytes } from './textFile.ts';

export interface KvRanking {
  readonly name: string;
  /** Those with the largest numbers keep full attention. */
  readonly scores: PerKvHead;
  /** What may be wrong with it, in lines. */
  readonly doubts: readonly string[];
}

/**
 * `FILE` or `FORMAT=FILE`. Numbers of query heads become those of their KV head by the one most worth keeping. Throws Fault
 * for a file that does not fit the model, says nothing of a head, or has several tables.
 */
export async function readKvRanking(text: string, expected: ExpectedModel): Promise<KvRanking> {
  const [, format, path = text] = /^([a-z-]+)=(.+)$/.exec(text) ?? [];
  const files = [{ name: basename(path), data: await readBytes(path) }];
  const read = importScores({ files, expected, ...(format === undefined ? {} : { format }) });
  const table = tableOf(read.tables, path);
  return { name: basename(path), scores: scoresOf(table, expected, path), doubts: read.mismatches };
}

/** That of KV groups where there is one. */
function tableOf(tables: readonly HeadTable[], where: string): HeadTable {
  const groups = tables.filter(({ unit }) => unit === 'kv-group');
  const [only, second] = groups.length === 0 ? tables : groups;
  if (only !== undefined && second === undefined && only.direction !== null) return only;
  const expected = 'one table that says which heads are worth keeping';
  throw new Fault({ what: 'no ranking of heads', where, expected, got: tables.map(({ id }) => id).join(', ') });
}

function scoresOf({ values, direction, unit }: HeadTable, { perLayer }: ExpectedModel, where: string): number[][] {
  if (!values.every(Number.isFinite)) throw new Fault({ what: 'a ranking that leaves heads out', where });
  const sign = direction === 'higher_keeps' ? 1 : -1;
  let at = 0;
  return perLayer.map(({ heads, kvHeads }) => {
    const each = unit === 'head' ? heads / kvHeads : 1;
    return Array.from({ length: kvHeads }, () => {
      const own = values.subarray(at, (at += each));
      return Math.max(...own.map((value) => sign * value));
    });
  });
}

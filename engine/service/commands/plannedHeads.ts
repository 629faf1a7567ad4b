/** The heads that a file says go: a plan of ours, or another tool's list. */
import type { HeadTable } from '../../results/importedScores.ts';
import type { RequestOf, ResultOf } from '../../results/index.ts';
import { Fault } from '../../terms/fault.ts';
import type { Context } from './command.ts';
import { readHeadTable, valuesIn } from './headTables.ts';

/** Throws Fault for a file without a plan, and for one that removes nothing. */
export async function readPlannedHeads(
  plan: string,
  format: string | undefined,
  info: ResultOf<'info'>,
  context: Context,
): Promise<Pick<RequestOf<'prune'>, 'heads' | 'kvGroups'>> {
  return removedIn(await readHeadTable(plan, info, context, { what: 'plan', format, fits: isPlan }), plan);
}

/** heads.json lists the heads of its plan beside the groups: those are enough. */
function isPlan({ kind, id }: HeadTable): boolean {
  return kind === 'selection' && id !== 'plan.kv-group';
}

function removedIn(table: HeadTable, where: string): Pick<RequestOf<'prune'>, 'heads' | 'kvGroups'> {
  const gone = valuesIn(table).filter(({ value }) => value === 0);
  if (gone.length === 0) throw new Fault({ what: 'the plan removes nothing', where });
  if (table.unit === 'head') return { heads: gone.map(({ layer, index }) => ({ layer, head: index })), kvGroups: [] };
  return { heads: [], kvGroups: gone.map(({ layer, index }) => ({ layer, kvGroup: index })) };
}

/** Refuses what a model can't do from its headers alone, before its weights are read. */
import type { Family } from '../../arch/architecture.ts';
import type { RequestOf } from '../../results/index.ts';
import { describeModel } from '../../run/index.ts';
import { taskById } from '../../tasks/index.ts';
import { readOptions } from '../../tasks/options.ts';
import type { Edit } from '../../terms/edits.ts';
import { Fault } from '../../terms/fault.ts';
import type { Site } from '../../terms/sites.ts';
import { sites } from '../../terms/sites.ts';

type Plan = NonNullable<RequestOf<'open'>['plan']>;

/** Throws Fault for an unknown task or option, a site that the model lacks, a layer or head out of range. */
export async function checkPlan(path: string, { edits = [], sites: names = [], layers, task }: Plan): Promise<void> {
  if (task !== undefined) checkTask(task);
  if (edits.length === 0 && names.length === 0) return;
  const { family } = await describeModel(path);
  edits.forEach((edit, i) => checkPlace(edit, family, `edit ${i + 1} (${edit.site})`));
  for (const site of names) checkPlace({ site, ...(layers === undefined ? {} : { layers }) }, family, 'capture');
}

function checkTask({ name, options }: NonNullable<Plan['task']>): void {
  const { id, options: table } = taskById(name);
  readOptions(id, table, options);
}

type Place = Pick<Edit, 'site' | 'layers' | 'heads'>;

function checkPlace({ site, layers, heads }: Place, { shape, lacks }: Family, where: string): void {
  if (lacks[site] !== undefined) throw new Fault({ what: `this model has no site ${site}: ${lacks[site]}`, where });
  if (sites[site].per === 'layer') checkBelow('layer', layers, shape.layers, where);
  const count = headsAt(site, shape);
  if (count !== null) checkBelow('head', heads, count, where);
  else if (heads !== undefined) throw new Fault({ what: 'this site has no head axis', where });
}

function headsAt(site: Site, { heads, kvHeads }: Family['shape']): number | null {
  const letters = sites[site].axes.split(' ');
  if (letters.includes('N')) return heads;
  return letters.includes('G') ? kvHeads : null;
}

function checkBelow(what: string, indices: readonly number[] | undefined, bound: number, where: string): void {
  const got = indices?.find((index) => index >= bound);
  if (got === undefined) return;
  throw new Fault({ what: `${what} out of range`, where, expected: `0 to ${bound - 1}`, got: String(got) });
}

/** heads.json of a stored run that planned a pruning. */
import type { HeadsFile } from '../../exports/headsSchema.ts';
import { planHeads } from '../../exports/planHeads.ts';
import { prunePlanResult } from '../../results/prunePlan.ts';
import { validate } from '../../results/validate.ts';
import { Fault } from '../../terms/fault.ts';
import type { StoredRun } from './runRows.ts';
import { RunRows } from './runRows.ts';

/** Throws Fault where the plan is not finished: half a plan is another one. */
export async function planOf(stored: StoredRun): Promise<HeadsFile> {
  const { summary, machine, result } = stored.record;
  if (summary.state !== 'done') {
    throw new Fault({ what: 'the plan is not finished', where: summary.id, expected: 'done', got: summary.state });
  }
  const rows = await RunRows.read(stored, 'prunePlan');
  const costs = rows.one('costs');
  return planHeads({
    ...{ header: rows.one('start').header, plan: validate(prunePlanResult, result, 'result') },
    ...{ criterion: costs.name, family: costs.family, costs: costs.costs, loss: costs.loss },
    ...{ steps: rows.all('step'), pruned: rows.one('plan'), random: rows.all('random'), curve: [] },
    ...{ created: summary.created, version: machine.headscope },
  });
}

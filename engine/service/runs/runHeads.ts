/** heads.json of a stored run that measured or estimated what removal does, or what units are worth. */
import { attributionHeads } from '../../exports/attributionHeads.ts';
import type { EffectsRecord } from '../../exports/exportFormat.ts';
import { headsFile } from '../../exports/heads.ts';
import type { HeadsFile } from '../../exports/headsSchema.ts';
import { importanceHeads } from '../../exports/importanceHeads.ts';
import { criterionById } from '../../prune/criteria/index.ts';
import { collectUnits } from '../../prune/importance/collect.ts';
import type { EventOf } from '../../results/index.ts';
import type { RunRecord } from '../../results/runs.ts';
import type { Baseline } from '../../results/taskReport.ts';
import { planOf } from './runPlan.ts';
import type { StoredRun } from './runRows.ts';
import { noForm, RunRows } from './runRows.ts';

export function hasHeads({ job }: RunRecord): boolean {
  return job.call === 'ablate' || job.call === 'attribute' || job.call === 'importance' || job.call === 'prunePlan';
}

/** Throws Fault for a run of another call. */
export async function headsOf(stored: StoredRun): Promise<HeadsFile> {
  switch (stored.record.job.call) {
    case 'ablate':
      return headsFile(await effectsOf(stored, 'ablate'));
    case 'attribute':
      return attributionHeads(await effectsOf(stored, 'attribute'));
    case 'importance':
      return importanceOf(stored);
    case 'prunePlan':
      return planOf(stored);
    default:
      throw noForm(stored.record, 'heads.json', 'a run of ablate, attribute, importance or prunePlan');
  }
}

/** Criteria that are not known for every unit yet are left out. */
async function importanceOf(stored: StoredRun): Promise<HeadsFile> {
  const rows = await RunRows.read(stored, 'importance');
  const { summary, machine } = stored.record;
  const { header } = rows.one('start');
  const { unit, shape, calibration } = header;
  const criteria = header.criteria.map(({ id }) => criterionById(id));
  const { units, values } = collectUnits(rows.all('row'), { shape, unit, criteria, seed: calibration.seed });
  const known = new Set(values.map(({ id }) => id));
  const ofKnown = { ...header, criteria: header.criteria.filter(({ id }) => known.has(id)) };
  const { seconds, warnings, created } = summary;
  return importanceHeads({ header: ofKnown, units, seconds, warnings, created, version: machine.headscope });
}

type Header<C extends 'ablate' | 'attribute'> = Extract<EventOf<C>, { readonly kind: 'start' }>['header'];
type Unit<C extends 'ablate' | 'attribute'> = Extract<EventOf<C>, { readonly kind: 'unit' }>;

export async function effectsOf<C extends 'ablate' | 'attribute'>(
  stored: StoredRun,
  call: C,
): Promise<EffectsRecord<Header<C>, Unit<C>>> {
  const rows = await RunRows.read(stored, call);
  const { summary, machine } = stored.record;
  const { baseline } = rows.one('baseline') as unknown as { readonly baseline: Baseline };
  const { header } = rows.one('start') as unknown as { readonly header: Header<C> };
  return {
    ...{ header, baseline, units: rows.all('unit') as unknown as readonly Unit<C>[] },
    ...{ seconds: summary.seconds, warnings: summary.warnings, created: summary.created },
    version: machine.headscope,
  };
}

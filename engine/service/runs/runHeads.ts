/** heads.json of a stored run that measured or estimated what removal does. */
import { attributionHeads } from '../../exports/attributionHeads.ts';
import type { EffectsRecord } from '../../exports/exportFormat.ts';
import { headsFile } from '../../exports/heads.ts';
import type { HeadsFile } from '../../exports/headsSchema.ts';
import type { EventOf } from '../../results/index.ts';
import type { RunRecord } from '../../results/runs.ts';
import type { Baseline } from '../../results/taskReport.ts';
import type { StoredRun } from './runRows.ts';
import { noForm, RunRows } from './runRows.ts';

export function hasHeads({ job }: RunRecord): boolean {
  return job.call === 'ablate' || job.call === 'attribute';
}

/** Throws Fault for a run of another call. */
export async function headsOf(stored: StoredRun): Promise<HeadsFile> {
  switch (stored.record.job.call) {
    case 'ablate':
      return headsFile(await effectsOf(stored, 'ablate'));
    case 'attribute':
      return attributionHeads(await effectsOf(stored, 'attribute'));
    default:
      throw noForm(stored.record, 'heads.json', 'a run of ablate or attribute');
  }
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

/** One line for each run that was made. */
import type { PlannedRun, RetrievedRun } from '../../../engine/results/retrieve.ts';
import type { RetrieveTable } from '../../api/retrieveTable.ts';

export interface RunLine {
  readonly key: string;
  /** Needle, or id of a prepared run; said where the answer was given after none had passed. */
  readonly name: string;
  readonly planned: PlannedRun;
  readonly run: RetrievedRun;
}

export function runLines({ header, runs }: RetrieveTable): readonly RunLine[] {
  return runs.flatMap((run) => {
    const planned = header.runs[run.index];
    if (planned === undefined) return [];
    const given = run.mode === 'forced' && header.mode === 'generate' ? ', answer given' : '';
    return [{ key: `${run.mode} ${run.index}`, name: `${planned.needle ?? planned.id}${given}`, planned, run }];
  });
}

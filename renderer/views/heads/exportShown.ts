/** The run behind the matrix, in any form that it can be had in. */
import type { Workbench } from '../../api/workbench.ts';

/** Null where nothing is shown, and for what was read from a file. */
export function shownRun({ measures, workspace }: Workbench): string | null {
  const id = workspace.store.getState().measure;
  const measure = id === null ? null : measures.find(id);
  return measure === null || measure.call === 'imported' ? null : measure.run;
}

export function exportShown(workbench: Workbench): void {
  const run = shownRun(workbench);
  if (run === null) return;
  const title = workbench.runs.get(run).summary?.title ?? run;
  workbench.dialogs.show({ kind: 'exportRun', run, title });
}

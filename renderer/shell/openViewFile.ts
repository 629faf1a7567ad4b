/** Shows a view that was saved, and asks whether to open its model where another is open. */
import type { Workbench } from '../api/workbench.ts';
import { readViewText, showView } from '../state/viewState.ts';

/** Throws a Fault that says what is wrong with the file. */
export async function openViewFile(workbench: Workbench, file: File): Promise<void> {
  const { workspace, selection, undo, watch, dialogs } = workbench;
  const view = readViewText(await file.text(), file.name);
  showView(view, workspace, selection);
  undo.clear();
  const path = view.model?.model ?? null;
  if (path !== null && watch.store.getState().resident?.path !== path) dialogs.show({ kind: 'openModel', path });
}

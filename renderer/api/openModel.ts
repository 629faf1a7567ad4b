/** Opens a model and makes it the one that is looked at. */
import type { ModelChoice } from '../state/workspace.ts';
import { stream } from './stream.ts';
import type { Workbench } from './workbench.ts';

/** Throws the engine's Fault where it can't be opened, Cancelled where it was; what was looked at before then stays. */
export async function openModel(workbench: Workbench, choice: ModelChoice, signal?: AbortSignal): Promise<void> {
  const { client, workspace, selection, undo, opening } = workbench;
  opening.setState({ choice, progress: null }, true);
  try {
    await stream(client, 'open', choice, {
      onEvent: (progress) => opening.setState({ choice, progress }, true),
      ...(signal === undefined ? {} : { signal }),
    });
  } finally {
    opening.setState(null, true);
  }
  const isOther = workspace.store.getState().model?.model !== choice.model;
  workspace.set({ model: choice, ...(isOther ? { measure: null, second: null } : {}) });
  if (!isOther) return;
  // Heads of another model are other heads.
  selection.store.setState(selection.store.getInitialState());
  undo.clear();
}

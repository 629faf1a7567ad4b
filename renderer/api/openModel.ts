/** Opens a model and makes it the one that is looked at. */
import type { Progress } from '../../engine/results/records.ts';
import type { ModelChoice } from '../state/workspace.ts';
import { stream } from './stream.ts';
import type { Workbench } from './workbench.ts';

export interface Opening {
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

/** Throws the engine's Fault where it can't be opened; what was looked at before then stays. */
export async function openModel(workbench: Workbench, choice: ModelChoice, opening: Opening = {}): Promise<void> {
  const { client, workspace, selection, undo } = workbench;
  const { onProgress = () => undefined, signal } = opening;
  await stream(client, 'open', choice, { onEvent: onProgress, ...(signal === undefined ? {} : { signal }) });
  const isOther = workspace.store.getState().model?.model !== choice.model;
  workspace.set({ model: choice, ...(isOther ? { measure: null, second: null } : {}) });
  if (!isOther) return;
  // Heads of another model are other heads.
  selection.store.setState(selection.store.getInitialState());
  undo.clear();
}

/** Which dialog is open: at most one. */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { NamedFile } from '../../engine/results/importedScores.ts';
import type { ModelChoice } from './workspace.ts';

export type PalettePage = 'all' | 'heads' | 'models' | 'prompts';

export type DialogState =
  | { readonly kind: 'none' }
  | { readonly kind: 'palette'; readonly page: PalettePage }
  | { readonly kind: 'shortcuts' }
  | { readonly kind: 'help' }
  | { readonly kind: 'saveSet' }
  /** What opening this model costs, and whether to. */
  | { readonly kind: 'openModel'; readonly path: string; readonly weights?: NonNullable<ModelChoice['weights']> }
  /** What a file of another tool says of heads, and whether to show it. */
  | { readonly kind: 'importScores'; readonly source: { readonly name: string; readonly files: readonly NamedFile[] } }
  /** The forms in which a run can be saved. */
  | { readonly kind: 'exportRun'; readonly run: string; readonly title: string }
  | { readonly kind: 'error'; readonly error: Error };

export interface Dialogs {
  readonly store: StoreApi<DialogState>;
  readonly show: (dialog: DialogState) => void;
  readonly close: () => void;
}

export function createDialogs(): Dialogs {
  const store = createStore<DialogState>(() => ({ kind: 'none' }));
  return {
    store,
    show: (dialog) => store.setState(dialog, true),
    close: () => store.setState({ kind: 'none' }, true),
  };
}

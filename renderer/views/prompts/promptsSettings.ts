/** How the place is looked at, and what is being written, for as long as the window lives: it is left and come back to. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { ResultOf } from '../../../engine/results/contract.ts';
import type { Workbench } from '../../api/workbench.ts';
import { useWorkbench } from '../../api/workbench.ts';
import type { Draft } from './draft.ts';
import { emptyDraft } from './draft.ts';
import type { LensColour } from './lensValues.ts';

export type Face = 'next' | 'lens' | 'generate';

export interface Sampling {
  readonly temperature: number;
  readonly topP: number;
  readonly max: number;
  readonly seed: number;
}

export interface LensTarget {
  readonly id: number;
  readonly text: string;
}

interface PromptsSettings {
  /** `set`: the prompts that are measured on. `own`: a text that is being written. */
  readonly mode: 'set' | 'own';
  readonly side: 'clean' | 'corrupt';
  readonly face: Face;
  readonly draft: Draft;
  /** Next tokens that are listed. */
  readonly top: number;
  readonly sampling: Sampling;
  readonly lensColour: LensColour;
  readonly target: LensTarget | null;
  /** What the last import said. */
  readonly imported: ResultOf<'importPrompts'> | null;
}

const initial: PromptsSettings = {
  mode: 'set',
  side: 'clean',
  face: 'next',
  draft: emptyDraft,
  top: 10,
  sampling: { temperature: 0, topP: 1, max: 40, seed: 0 },
  lensColour: 'top',
  target: null,
  imported: null,
};
const stores = new WeakMap<Workbench, StoreApi<PromptsSettings>>();

export function promptsSettings(workbench: Workbench): StoreApi<PromptsSettings> {
  const store = stores.get(workbench) ?? createStore<PromptsSettings>(() => initial);
  stores.set(workbench, store);
  return store;
}

export function usePromptsSettings<T>(select: (settings: PromptsSettings) => T): T {
  return useStore(promptsSettings(useWorkbench()), select);
}

export function useChangePrompts(): (change: Partial<PromptsSettings>) => void {
  return promptsSettings(useWorkbench()).setState;
}

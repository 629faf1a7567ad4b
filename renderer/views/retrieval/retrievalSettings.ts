/** What is prepared and looked at in the retrieval laboratory, for as long as the window lives. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { RequestOf } from '../../../engine/results/contract.ts';
import type { NeedleText } from '../../../engine/results/retrieve.ts';
import type { Workbench } from '../../api/workbench.ts';
import { useWorkbench } from '../../api/workbench.ts';

type Face = 'needles' | 'detection' | 'masking' | 'streaming';
export type TextFile = RequestOf<'importPrompts'>;

export interface Haystack {
  /** Folder or file, for people. */
  readonly name: string;
  readonly texts: readonly TextFile[];
}

export interface RetrievalSettings {
  readonly face: Face;
  /** Needles in haystacks, or a file of prepared runs. */
  readonly source: 'grid' | 'file';
  readonly file: TextFile | null;
  /** Ids of needles that are hidden; null: all built-in ones that are copied. */
  readonly chosen: readonly string[] | null;
  readonly own: readonly NeedleText[];
  /** The needle whose text is looked at or written. */
  readonly edited: string | null;
  /** Null: the program's own stories. */
  readonly haystack: Haystack | null;
  /** As typed: `512, 1800`. Null: two lengths that go with the model's context. */
  readonly lengths: string | null;
  readonly depths: string;
  readonly template: 'plain' | 'chat';
  readonly prompt: 'answer' | 'steps';
  readonly mode: 'generate' | 'forced';
  readonly maxNew: number | null;
  /** Ids of scores beside the copy counts. */
  readonly scores: readonly string[];
  readonly settle: boolean;
  readonly seed: number;
  /** Which run of the plan the preview shows. */
  readonly shown: number;
  /** The detection that is looked at; where none was chosen it is the newest. */
  readonly detection: string | null;
  readonly cells: 'success' | 'copied';
  /** The score that ranks heads. */
  readonly score: string;
  readonly masking: MaskingSettings;
}

export interface MaskingSettings {
  /** The masking that is looked at; where none was chosen it is the newest. */
  readonly run: string | null;
  readonly mask: 'uniform' | 'zero' | 'meanQuery' | 'stream';
  /** Of `stream`: keys that stay. */
  readonly sinks: number;
  readonly recent: number;
  readonly scope: 'all' | 'decode';
  readonly mode: 'generate' | 'forced';
  /** As typed: `1, 2, 5`. */
  readonly ks: string;
  readonly draws: number;
  /** Prompts that ask for steps stand beside those that ask for the answer. */
  readonly steps: boolean;
  /** Windows of plain text. */
  readonly windows: number;
  /** Which k the two heat maps compare; null: the largest. */
  readonly shownK: number | null;
}

const firstMasking: MaskingSettings = {
  ...{ run: null, mask: 'uniform', sinks: 4, recent: 64, scope: 'decode', mode: 'forced', ks: '1, 2, 5, 10, 20' },
  ...{ draws: 10, steps: false, windows: 8, shownK: null },
};
export const firstRetrieval: RetrievalSettings = {
  ...{ face: 'needles', source: 'grid', file: null, chosen: null, own: [], edited: null, haystack: null },
  ...{ lengths: null, depths: '0, 33, 67, 100', template: 'plain', prompt: 'answer', mode: 'generate', maxNew: null },
  ...{ scores: ['locos'], settle: false, seed: 0, shown: 0, detection: null, cells: 'success', score: 'legacy' },
  ...{ masking: firstMasking },
};
const stores = new WeakMap<Workbench, StoreApi<RetrievalSettings>>();

export function retrievalSettings(workbench: Workbench): StoreApi<RetrievalSettings> {
  const known = stores.get(workbench);
  if (known !== undefined) return known;
  const store = createStore<RetrievalSettings>(() => firstRetrieval);
  stores.set(workbench, store);
  workbench.workspace.store.subscribe(({ model }, before) => {
    if (model?.model !== before.model?.model) store.setState(ofModel);
  });
  return store;
}

/** What belongs to the model: its runs, and lengths that it takes. */
function ofModel({ masking }: RetrievalSettings): Partial<RetrievalSettings> {
  return { detection: null, lengths: null, shown: 0, masking: { ...masking, run: null, shownK: null } };
}

export function useRetrieval<T>(select: (settings: RetrievalSettings) => T): T {
  return useStore(retrievalSettings(useWorkbench()), select);
}

export function useChangeRetrieval(): (change: Partial<RetrievalSettings>) => void {
  return retrievalSettings(useWorkbench()).setState;
}

export function useMasking(): readonly [MaskingSettings, (change: Partial<MaskingSettings>) => void] {
  const store = retrievalSettings(useWorkbench());
  const masking = useStore(store, (settings) => settings.masking);
  return [masking, (change) => store.setState(({ masking: now }) => ({ masking: { ...now, ...change } }))];
}

/** What is prepared and looked at in the Prune place, for as long as the window lives. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { CalibrationTexts, ImportanceHeader } from '../../../engine/results/importance.ts';
import type { PruneBudget } from '../../../engine/results/prunePlan.ts';
import type { Workbench } from '../../api/workbench.ts';
import { useWorkbench } from '../../api/workbench.ts';

export type PruneFace = 'criteria' | 'agreement' | 'plan' | 'write';
export type PruneUnit = ImportanceHeader['unit'];
export type DocumentSource = Extract<CalibrationTexts['source'], { kind: 'documents' }>;

export interface PruneSettings {
  readonly face: PruneFace;
  readonly unit: PruneUnit;
  readonly criteria: readonly string[];
  /** The user's documents; stories of the program's own where null. */
  readonly documents: DocumentSource | null;
  readonly windows: number;
  readonly length: number;
  readonly seed: number;
  readonly orders: number;
  /** The run of criteria that is looked at; the newest where null. */
  readonly run: string | null;
  /** By which units go; `measured`: by the loss, each unit's measured when the plan is made. */
  readonly criterion: string;
  /** How far a plan goes; the amount of each kind, of heads, weights and bytes a quarter of what there is where null. */
  readonly budget: PruneBudget['kind'];
  readonly amounts: Readonly<Record<PruneBudget['kind'], number | null>>;
  /** Removals between two measurements of the cheapest fifth of what is left; 0: none. */
  readonly rescoreEvery: number;
  /** The two that are held against each other. */
  readonly pair: readonly [a: string, b: string];
  readonly keepSet: boolean;
  readonly keepRetrieval: boolean;
  readonly keepInduction: boolean;
  readonly minPerLayer: number;
  readonly draws: number;
  readonly withTask: boolean;
  /** The plan or curve that is looked at: of a run, of the settings though it is not measured yet (`prepared`), or the newest (null). */
  readonly curve: string | null;
  /** Where the slider is, and where it was let go. */
  readonly position: number;
  readonly rested: number;
  /** Text to go on from; null: nothing was asked for. */
  readonly prompt: string;
  readonly generates: boolean;
  /** The run that measures the plan at the slider's place for its file, and what it was asked. */
  readonly planFile: { readonly run: string; readonly asked: string } | null;
}

/** Costs are measured anew, one unit after the other. */
export const measuredCosts = 'measured';

export const firstPruneSettings: PruneSettings = {
  ...{
    face: 'criteria',
    unit: 'kv-group',
    criteria: ['zero', 'mean', 'kl', 'michel', 'taylor', 'writeNorm', 'random'],
  },
  ...{ documents: null, windows: 16, length: 128, seed: 0, orders: 20, run: null },
  ...{ criterion: 'zero', pair: ['zero', 'writeNorm'], keepSet: false, keepRetrieval: false, keepInduction: false },
  ...{ budget: 'heads', amounts: { heads: null, parameters: null, kvBytes: null, loss: 0.1 }, rescoreEvery: 5 },
  ...{ minPerLayer: 1, draws: 10, withTask: true, curve: null, position: 1, rested: 1 },
  ...{ prompt: '', generates: false, planFile: null },
};
const stores = new WeakMap<Workbench, StoreApi<PruneSettings>>();

function pruneSettings(workbench: Workbench): StoreApi<PruneSettings> {
  const store = stores.get(workbench) ?? createStore<PruneSettings>(() => firstPruneSettings);
  stores.set(workbench, store);
  return store;
}

export function usePrune<T>(select: (settings: PruneSettings) => T): T {
  return useStore(pruneSettings(useWorkbench()), select);
}

export function useChangePrune(): (change: Partial<PruneSettings>) => void {
  return pruneSettings(useWorkbench()).setState;
}

/** The text as a request names it; no longer than the model reads. */
export function textsOf(
  { documents, windows, length }: Pick<PruneSettings, 'documents' | 'windows' | 'length'>,
  context: number,
): CalibrationTexts {
  const each = Math.min(length, context);
  return {
    source: documents === null ? { kind: 'stories' } : needed(documents, windows * each),
    n: windows,
    length: each,
  };
}

/** Characters of one token, more than any tokenizer's words have on the mean. */
const CHARACTERS = 16;

/** As many documents as `tokens` may need: a slider sends them with every place. */
function needed(source: DocumentSource, tokens: number): DocumentSource {
  let read = 0;
  const documents = source.documents.filter(({ text }) => {
    const isNeeded = read < tokens * CHARACTERS;
    read += text.length;
    return isNeeded;
  });
  return { ...source, documents };
}

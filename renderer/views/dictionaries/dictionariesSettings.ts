/** What is prepared and looked at in the place of dictionaries, for as long as the window lives. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { RequestOf } from '../../../engine/results/contract.ts';
import type { DictionarySite } from '../../../engine/results/dictionaries.ts';
import type { DictionaryToTrain } from '../../../engine/results/trainDictionaries.ts';
import type { Workbench } from '../../api/workbench.ts';
import { useWorkbench } from '../../api/workbench.ts';
import type { DocumentSource } from '../prune/pruneSettings.ts';

export type DictionariesFace = 'train' | 'dictionaries' | 'feature' | 'text' | 'compare';
export type TrainRequest = RequestOf<'trainDictionaries'>;

/** How the heads of z and headWrite make rows: a dictionary for each head named, one for a layer's heads side by side, or one whose rows are heads. */
export type HeadScope = 'heads' | 'concatenated' | 'each';

/** A variant with its settings as typed: `3, 6, 12` is a sweep. What is not here is as the variant has it. */
export interface ChosenVariant {
  readonly variant: string;
  readonly typed: Readonly<Record<string, string>>;
}

export interface TrainSettings {
  readonly site: DictionarySite;
  readonly scope: HeadScope;
  /** As typed: `L1H0, L2H3`; null: the set, else the primary head. */
  readonly heads: string | null;
  /** As typed: `1, 2`; null: of the primary head, else the first. */
  readonly layers: string | null;
  readonly variants: readonly ChosenVariant[];
  readonly features: number;
  readonly normalisation: DictionaryToTrain['normalisation'];
  /** Null: the usual one of so many features and steps. */
  readonly learningRate: number | null;
  readonly source: 'text' | 'prompts';
  /** The user's documents; stories of the program's own where null. */
  readonly documents: DocumentSource | null;
  /** Null: as many as fit the model. */
  readonly windows: number | null;
  readonly length: number;
  readonly steps: number;
  readonly batch: number;
  readonly seed: number;
  /** Ids; null: those that fit the model. */
  readonly controls: readonly string[] | null;
  /** Tokens of recovered loss; 0: not measured; null: as many as fit the model. */
  readonly lossTokens: number | null;
  /** Of the training's folder; null: the one that is proposed. */
  readonly name: string | null;
  /** The training that this one goes on from. */
  readonly fork: Fork | null;
}

export interface Fork {
  readonly request: TrainRequest;
  /** Null: as it was. */
  readonly learningRate: number | null;
  readonly steps: number;
  /** Settings as typed, by name of the dictionary and of the setting; what is not here stays as it was. */
  readonly typed: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface FeatureFilter {
  /** In the label, or the number of a feature. */
  readonly text: string;
  readonly which: 'all' | 'alive' | 'dead' | 'labelled';
  /** log10 of the density; null: any. */
  readonly density: readonly [low: number, high: number] | null;
  /** Head that writes most of it; null: any. */
  readonly head: number | null;
}

/** How an activation is split through dictionaries of earlier layers. */
export interface BackSettings {
  readonly isOn: boolean;
  readonly depth: number;
  /** Share of the pre-activation below which features stand together. */
  readonly least: number;
  /** By folder, whether a dictionary is gone through where the user said so. */
  readonly picked: Readonly<Record<string, boolean>>;
}

export interface DictionariesSettings {
  readonly face: DictionariesFace;
  readonly train: TrainSettings;
  /** The training that is looked at, the newest where null; one whose lines are drawn beside; dictionaries whose lines are not drawn. */
  readonly run: string | null;
  readonly beside: string | null;
  readonly hidden: readonly string[];
  readonly filter: FeatureFilter;
  /** Column of the table and its direction. */
  readonly sort: { readonly column: string; readonly direction: 'ascending' | 'descending' };
  readonly part: 'contexts' | 'prompt' | 'change';
  readonly change: { readonly kind: 'scale' | 'add'; readonly by: number; readonly amount: number };
  readonly back: BackSettings;
  /** Another dictionary whose nearest features stand beside; also the second of two that are compared. */
  readonly other: string | null;
  /** The feature of `other` that is looked at. */
  readonly otherFeature: number | null;
  /** Of two that are compared: features that were never active. */
  readonly leavesSilentOut: boolean;
  readonly textSource: 'own' | 'prompt';
  readonly text: string;
  /** The feature that colours the text; null: the error. */
  readonly heat: number | null;
}

const firstTrain: TrainSettings = {
  ...{ site: 'z', scope: 'heads', heads: null, layers: null, variants: [{ variant: 'topK', typed: { k: '3, 6' } }] },
  ...{ features: 256, normalisation: 'averageNorm', learningRate: null, source: 'text', documents: null },
  ...{ windows: null, length: 128, steps: 1000, batch: 256, seed: 0, controls: null, lossTokens: null },
  ...{ name: null, fork: null },
};
export const everyFeature: FeatureFilter = { text: '', which: 'all', density: null, head: null };
export const firstDictionaries: DictionariesSettings = {
  ...{ face: 'train', train: firstTrain, run: null, beside: null, hidden: [], filter: everyFeature },
  ...{ sort: { column: 'density', direction: 'descending' }, part: 'contexts' },
  ...{ change: { kind: 'scale', by: 0, amount: 1 }, other: null, otherFeature: null, leavesSilentOut: false },
  ...{ textSource: 'own', text: '', heat: null, back: { isOn: false, depth: 2, least: 0.05, picked: {} } },
};
const stores = new WeakMap<Workbench, StoreApi<DictionariesSettings>>();

function dictionariesSettings(workbench: Workbench): StoreApi<DictionariesSettings> {
  const store = stores.get(workbench) ?? createStore<DictionariesSettings>(() => firstDictionaries);
  stores.set(workbench, store);
  return store;
}

export function useDictionariesSettings<T>(select: (settings: DictionariesSettings) => T): T {
  return useStore(dictionariesSettings(useWorkbench()), select);
}

export function useChangeDictionaries(): (change: Partial<DictionariesSettings>) => void {
  return dictionariesSettings(useWorkbench()).setState;
}

export function useTrain(): readonly [TrainSettings, (change: Partial<TrainSettings>) => void] {
  const store = dictionariesSettings(useWorkbench());
  const train = useStore(store, (settings) => settings.train);
  return [train, (change) => store.setState(({ train: now }) => ({ train: { ...now, ...change } }))];
}

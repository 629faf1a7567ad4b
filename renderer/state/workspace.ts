/** What is open and how it is looked at, apart from the selection: model, prompts, measures, ablation, panes, theme. */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { RequestOf } from '../../engine/results/contract.ts';
import type { PlaceId } from './places.ts';

/** How a request names the model: path, and how its weights are held. */
export type ModelChoice = Pick<RequestOf<'open'>, 'model' | 'weights'>;
/** Prompts of a task, or of a file. */
export type PromptsChoice = RequestOf<'ablate'>['prompts'];
export type AblationKind = RequestOf<'ablate'>['ablation'];
export type ThemeChoice = 'system' | 'light' | 'dark';

export interface WorkspaceState {
  /** One to four places, side by side in the order of reading. */
  readonly panes: readonly PlaceId[];
  /** Index of the pane that keys go to. */
  readonly focused: number;
  /** Index of the pane that fills the middle, or null. */
  readonly full: number | null;
  /** Spread into any request on the model. */
  readonly model: ModelChoice | null;
  readonly prompts: PromptsChoice | null;
  /** Which prompt is shown where one is. */
  readonly promptIndex: number;
  /** Id of the measure that colours heads, and of the one it is compared with (api/headMeasures.ts). */
  readonly measure: string | null;
  readonly second: string | null;
  /** The run that is looked at. */
  readonly run: string | null;
  /** Folder of the dictionary that is looked at, and the feature. */
  readonly dictionary: string | null;
  readonly feature: number | null;
  readonly ablation: AblationKind;
  /** Factor of the ablation `scale`. */
  readonly scale: number;
  /** Random sets that are measured beside a chosen one. */
  readonly randomSets: number;
  readonly theme: ThemeChoice;
  readonly inspector: boolean;
}

export const firstWorkspace: WorkspaceState = {
  panes: ['heads'],
  focused: 0,
  full: null,
  model: null,
  prompts: null,
  promptIndex: 0,
  measure: null,
  second: null,
  run: null,
  dictionary: null,
  feature: null,
  ablation: 'zero',
  scale: 0,
  randomSets: 24,
  theme: 'system',
  inspector: true,
};

export const MOST_PANES = 4;

export interface Workspace {
  readonly store: StoreApi<WorkspaceState>;
  /** Any of the plain settings; a change of prompts goes back to the first. */
  readonly set: (change: Partial<Omit<WorkspaceState, 'panes' | 'focused' | 'full'>>) => void;
  /** Shows a place: the pane that has it gets the focus, else the focused pane becomes it. */
  readonly goTo: (place: PlaceId) => void;
  /** A new pane beside the focused one, which it shows. No more than four. */
  readonly split: (place: PlaceId) => void;
  readonly closePane: (index: number) => void;
  readonly setPane: (index: number, place: PlaceId) => void;
  readonly setPanes: (panes: readonly PlaceId[], focused?: number) => void;
  readonly focus: (index: number) => void;
  readonly toggleFull: (index?: number) => void;
}

export function createWorkspace(initial: WorkspaceState = firstWorkspace): Workspace {
  const store = createStore<WorkspaceState>(() => initial);
  const change = (next: (state: WorkspaceState) => Partial<WorkspaceState>) => store.setState(next);
  const replaceAt = (panes: readonly PlaceId[], index: number, place: PlaceId) => panes.with(index, place);
  return {
    store,
    set: (values) => change(() => (values.prompts === undefined ? values : { promptIndex: 0, ...values })),
    goTo: (place) =>
      change(({ panes, focused, full }) => {
        const at = panes.indexOf(place);
        if (at >= 0) return { focused: at, full: full === null ? null : at };
        return { panes: replaceAt(panes, focused, place) };
      }),
    split: (place) =>
      change(({ panes, focused }) => {
        if (panes.length >= MOST_PANES) return {};
        return { panes: panes.toSpliced(focused + 1, 0, place), focused: focused + 1, full: null };
      }),
    closePane: (index) =>
      change(({ panes, focused }) => {
        if (panes.length === 1) return {};
        const after = focused > index ? focused - 1 : focused;
        return { panes: panes.toSpliced(index, 1), focused: Math.min(after, panes.length - 2), full: null };
      }),
    setPane: (index, place) => change(({ panes }) => ({ panes: replaceAt(panes, index, place), focused: index })),
    setPanes: (panes, focused = 0) => change(() => ({ panes: panes.slice(0, MOST_PANES), focused, full: null })),
    focus: (index) => change(({ focused }) => (focused === index ? {} : { focused: index })),
    toggleFull: (index) =>
      change(({ full, focused }) => ({ full: full === null ? (index ?? focused) : null, focused: index ?? focused })),
  };
}

/** The place that keys go to. */
export function placeOf({ panes, focused }: WorkspaceState): PlaceId {
  return panes[focused] ?? panes[0] ?? 'heads';
}

/** What any request that measures on prompts has in common; null until a model and prompts are chosen. */
export function measuredOn({ model, prompts }: WorkspaceState): MeasuredOn | null {
  if (model === null || prompts === null) return null;
  return { ...model, prompts, seed: prompts.kind === 'task' ? prompts.seed : 0 };
}

export type MeasuredOn = ModelChoice & { readonly prompts: PromptsChoice; readonly seed: number };

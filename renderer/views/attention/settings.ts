/** How attention is looked at, in one pane. It stays while the pane shows other places. */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { AttentionMeasure } from '../../../engine/results/attention.ts';

export type Mode = 'map' | 'text' | 'arcs' | 'wall';
export type Compare = 'none' | 'heads' | 'prompts' | 'edit';

export interface AttentionSettings {
  readonly mode: Mode;
  readonly measure: AttentionMeasure;
  readonly log: boolean;
  /** The first key is left out. */
  readonly hideSink: boolean;
  /** Share of the top of the scale below which nothing is drawn. */
  readonly threshold: number;
  readonly compare: Compare;
  /** The chosen prompts, or a text of one's own. */
  readonly source: 'prompts' | 'text';
  readonly text: string;
  /** What the row panel lists. */
  readonly side: 'looksAt' | 'seenBy';
  readonly order: 'layer' | 'rank';
}

const firstSettings: AttentionSettings = {
  mode: 'map',
  measure: 'pattern',
  log: false,
  hideSink: false,
  threshold: 0,
  compare: 'none',
  source: 'prompts',
  text: '',
  side: 'looksAt',
  order: 'layer',
};

const stores = new WeakMap<object, Map<number, StoreApi<AttentionSettings>>>();

/** Of one pane of a window. */
export function settingsOf(window: object, pane: number): StoreApi<AttentionSettings> {
  const panes = stores.get(window) ?? new Map<number, StoreApi<AttentionSettings>>();
  stores.set(window, panes);
  const store = panes.get(pane) ?? createStore(() => firstSettings);
  panes.set(pane, store);
  return store;
}

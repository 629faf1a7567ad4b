/** What is prepared and looked at in the Circuits place, for as long as the window lives. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { RequestOf } from '../../../engine/results/contract.ts';
import type { SettingValues } from '../../../engine/results/dictionaries.ts';
import type { Workbench } from '../../api/workbench.ts';
import { useWorkbench } from '../../api/workbench.ts';
import type { ByHand } from './circuitChoice.ts';
import { nothingByHand } from './circuitChoice.ts';
import type { CurveMeasure, NodeOrder } from './faithfulLines.ts';

type Request = RequestOf<'circuit'>;
export type CircuitsFace = 'methods' | 'compare' | 'nodes' | 'circuit' | 'agreement';
export type JudgedCurve = 'roc' | 'precisionRecall';
export type AgreementMeasure = 'spearman' | 'jaccard';

export interface CircuitsSettings extends Pick<
  Request,
  'nodes' | 'seeds' | 'outside' | 'random' | 'studied' | 'permutations'
> {
  readonly face: CircuitsFace;
  /** Null: all that can be run. */
  readonly methods: readonly string[] | null;
  /** Of each method, what differs from its defaults. */
  readonly settings: Readonly<Record<string, SettingValues>>;
  /** The run that is looked at; the newest where null. */
  readonly run: string | null;
  /** What methods are held against, and the method that is looked at: the first there is where null. */
  readonly reference: string | null;
  readonly method: string | null;
  readonly judgedCurve: JudgedCurve;
  readonly curve: CurveMeasure;
  readonly order: NodeOrder;
  readonly agreement: AgreementMeasure;
  /** Nodes of the circuit before any is changed by hand; as many as the reference has where null. */
  readonly k: number | null;
  readonly hand: ByHand;
}

export const firstCircuitsSettings: CircuitsSettings = {
  ...{ face: 'compare', methods: null, settings: {}, nodes: 'heads', seeds: 10, outside: 'counterfactual' },
  ...{ random: 10, studied: 0.1, permutations: 0, run: null, reference: null, method: null },
  ...{ judgedCurve: 'roc', curve: 'faithfulness', order: 'absolute', agreement: 'spearman' },
  ...{ k: null, hand: nothingByHand },
};

const stores = new WeakMap<Workbench, StoreApi<CircuitsSettings>>();

function circuitsSettings(workbench: Workbench): StoreApi<CircuitsSettings> {
  const store = stores.get(workbench) ?? createStore<CircuitsSettings>(() => firstCircuitsSettings);
  stores.set(workbench, store);
  return store;
}

export function useCircuits<T>(select: (settings: CircuitsSettings) => T): T {
  return useStore(circuitsSettings(useWorkbench()), select);
}

export function useChangeCircuits(): (change: Partial<CircuitsSettings>) => void {
  return circuitsSettings(useWorkbench()).setState;
}

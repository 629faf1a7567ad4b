/** What is set and looked at in the face Streaming, for as long as the window lives. */
import { useStore } from 'zustand';
import type { StoreApi } from 'zustand/vanilla';
import { createStore } from 'zustand/vanilla';
import type { Workbench } from '../../api/workbench.ts';
import { useWorkbench } from '../../api/workbench.ts';
import type { GateChoice, GateSchedule } from '../../../engine/results/duoSchedules.ts';
import type { QualityRanking } from './qualityRankings.ts';

/** In each part the run that is looked at; where none was chosen it is the newest. */
interface Looked {
  readonly run: string | null;
}

export interface ProbeSettings extends Looked {
  /** Sequences of random tokens that come four times. */
  readonly n: number;
  /** Tokens of each; null: as many as there is room for, 500 at most. */
  readonly length: number | null;
  /** Percent of KV heads that are kept by each. */
  readonly echo: number;
  readonly induction: number;
  readonly hasPrior: boolean;
  /** Texts of the prior. */
  readonly texts: number;
  readonly seed: number;
}

export interface GateSettings extends Looked {
  readonly schedule: GateSchedule;
  /** What was changed in the schedule. */
  readonly changes: Partial<GateChoice>;
  /** Percent of KV heads that are shown as streaming. */
  readonly share: number;
}

export interface QualitySettings extends Looked {
  readonly rankings: readonly QualityRanking[];
  /** As typed, percent: `25, 50, 75`. */
  readonly sparsities: string;
  readonly draws: number;
  /** Passkey texts, and as many plain ones. */
  readonly texts: number;
  readonly seed: number;
  /** Whose streaming heads are shown; null: the first ranking at the middle sparsity. */
  readonly shown: string | null;
}

interface StreamingParts {
  readonly probe: ProbeSettings;
  readonly gates: GateSettings;
  readonly quality: QualitySettings;
}

export interface StreamingSettings extends StreamingParts {
  readonly part: keyof StreamingParts;
}

export const firstStreaming: StreamingSettings = {
  part: 'probe',
  probe: { run: null, n: 4, length: null, echo: 1, induction: 14, hasPrior: true, texts: 8, seed: 0 },
  gates: { run: null, schedule: 'scaled', changes: {}, share: 50 },
  quality: {
    ...{ run: null, rankings: ['gates', 'razor', 'prior'], sparsities: '25, 50, 75' },
    ...{ draws: 5, texts: 8, seed: 42, shown: null },
  },
};
const stores = new WeakMap<Workbench, StoreApi<StreamingSettings>>();

function streamingSettings(workbench: Workbench): StoreApi<StreamingSettings> {
  const store = stores.get(workbench) ?? createStore<StreamingSettings>(() => firstStreaming);
  stores.set(workbench, store);
  return store;
}

export function useStreamingPart(): readonly [keyof StreamingParts, (part: keyof StreamingParts) => void] {
  const store = streamingSettings(useWorkbench());
  return [useStore(store, ({ part }) => part), (part) => store.setState({ part })];
}

export function useStreaming<P extends keyof StreamingParts>(
  part: P,
): readonly [StreamingParts[P], (change: Partial<StreamingParts[P]>) => void] {
  const store = streamingSettings(useWorkbench());
  const own = useStore(store, (settings): StreamingParts[P] => settings[part]);
  return [own, (change) => store.setState((now) => ({ ...now, [part]: { ...now[part], ...change } }))];
}

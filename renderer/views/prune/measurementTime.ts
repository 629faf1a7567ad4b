/** How long one measurement of a text takes: by the slider's last, else by one that is made to know it. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { RequestOf } from '../../../engine/results/contract.ts';
import { useIsResident } from '../../api/hooks.ts';
import { keyOf } from '../../api/useStable.ts';
import { useStream } from '../../api/useStream.ts';
import type { Workbench } from '../../api/workbench.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { useRested } from '../prompts/useRested.ts';
import { foldCurve, noCurve } from './curveFold.ts';
import type { Scene } from './scene.ts';
import { useBusy } from './useBusy.ts';

type Seconds = Readonly<Record<string, number>>;
/** All that the time depends on. */
type On = Pick<Scene, 'model' | 'weights' | 'texts' | 'seed'>;
const stores = new WeakMap<Workbench, StoreApi<Seconds>>();

function secondsOf(workbench: Workbench): StoreApi<Seconds> {
  const store = stores.get(workbench) ?? createStore<Seconds>(() => ({}));
  stores.set(workbench, store);
  return store;
}

function keyOn({ model, weights, texts, seed }: On): string {
  return keyOf({ model, weights, texts, seed });
}

export function noteTime(workbench: Workbench, on: On, seconds: number): void {
  secondsOf(workbench).setState({ [keyOn(on)]: seconds });
}

export type MeasurementTime =
  | { readonly kind: 'known'; readonly seconds: number }
  /** In words why not. */
  | { readonly kind: 'unknown'; readonly words: string };

/** Null asks nothing. */
export function useMeasurementTime(on: Omit<Scene, 'order'> | null): MeasurementTime {
  const isResident = useIsResident();
  const isBusy = useBusy();
  const rested = useRested(on);
  const noted = useStore(secondsOf(useWorkbench()), (all) => (on === null ? undefined : all[keyOn(on)]));
  const asks = noted === undefined && isResident && !isBusy && rested !== null;
  const probe = useStream('pruneCurve', asks ? probeOf(rested) : null, foldCurve, noCurve);
  if (noted !== undefined) return { kind: 'known', seconds: noted };
  if (!isResident) return { kind: 'unknown', words: 'The time is told once the model is in memory.' };
  if (isBusy) return { kind: 'unknown', words: 'The time is told when nothing else runs.' };
  if (probe.error !== null) return { kind: 'unknown', words: probe.error.message };
  if (probe.result === null || probe.stale) return { kind: 'unknown', words: 'Estimating the time' };
  return { kind: 'known', seconds: probe.result.seconds / 2 };
}

/** The full model, and one without a unit. */
function probeOf({ task: _task, metric: _metric, ...on }: Omit<Scene, 'order'>): RequestOf<'pruneCurve'> {
  return { ...on, order: [{ layer: 0, index: 0 }], points: [1], draws: 0 };
}

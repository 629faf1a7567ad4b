/** The slider's point, measured on the real model each time it moves; what was measured stays in the curve. */
import { useEffect, useEffectEvent, useState } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { ResultOf } from '../../../engine/results/contract.ts';
import type { PruneCurveHeader } from '../../../engine/results/pruneCurve.ts';
import type { Summary } from '../../../engine/results/records.ts';
import { useIsResident } from '../../api/hooks.ts';
import { keyOf } from '../../api/useStable.ts';
import type { Streamed } from '../../api/useStream.ts';
import { useStream } from '../../api/useStream.ts';
import type { Workbench } from '../../api/workbench.ts';
import { useWorkbench } from '../../api/workbench.ts';
import type { CurveView, ShownPoint } from './curveFold.ts';
import { foldCurve, noCurve } from './curveFold.ts';
import { noteTime } from './measurementTime.ts';
import type { Scene } from './scene.ts';

type Live = Streamed<CurveView, ResultOf<'pruneCurve'>>;

export interface LivePoint extends Live {
  /** Of this place as far as it is measured, else of the place before. */
  readonly shown: ShownNumbers | null;
  /** `shown` is of the place before. */
  readonly isOld: boolean;
}

export interface ShownNumbers {
  readonly header: PruneCurveHeader | null;
  readonly change: Summary;
  readonly kl: Summary;
  readonly metric: Summary | null;
  /** Windows of text that it was measured on so far; null: all. */
  readonly windows: number | null;
}

export function useLivePoint(scene: Scene | null, units: number): LivePoint {
  const isResident = useIsResident();
  const workbench = useWorkbench();
  const request = scene === null || !isResident ? null : { ...scene, points: [units], draws: 0, glance: true };
  const live = useStream('pruneCurve', request, foldCurve, noCurve);
  const { status, stale, value, result } = live;
  const point = status === 'done' && !stale ? value.points[0] : undefined;
  // When the scene changes the point is still that of the one before: only a new point belongs to the scene of now.
  const note = useEffectEvent((measured: ShownPoint) => {
    if (scene === null) return;
    keep(livePoints(workbench), keyOf(scene), measured);
    if (result !== null) noteTime(workbench, scene, result.seconds);
  });
  useEffect(() => {
    if (point !== undefined) note(point);
  }, [point]);
  return { ...live, ...useShown(live) };
}

/** A place without any number yet keeps those of the place before. */
function useShown({ value, stale }: Live): Pick<LivePoint, 'shown' | 'isOld'> {
  const known = stale ? null : numbersOf(value);
  const key = known === null ? null : value;
  const [last, setLast] = useState<{ readonly of: CurveView; readonly shown: ShownNumbers } | null>(null);
  if (known !== null && key !== null && last?.of !== key) setLast({ of: key, shown: known });
  return { shown: known ?? last?.shown ?? null, isOld: known === null };
}

function numbersOf({ header, points: [point], glance }: CurveView): ShownNumbers | null {
  if (point !== undefined && point.kl !== null) {
    const { change, kl, metric } = point;
    return { header, change, kl, metric, windows: null };
  }
  if (glance === null) return null;
  const { change, kl, windows } = glance;
  return { header, change, kl, metric: null, windows };
}

type Kept = Readonly<Record<string, readonly ShownPoint[]>>;
const stores = new WeakMap<Workbench, StoreApi<Kept>>();
const none: readonly ShownPoint[] = [];

function livePoints(workbench: Workbench): StoreApi<Kept> {
  const store = stores.get(workbench) ?? createStore<Kept>(() => ({}));
  stores.set(workbench, store);
  return store;
}

function keep(store: StoreApi<Kept>, key: string, point: ShownPoint): void {
  const others = (store.getState()[key] ?? none).filter(({ units }) => units !== point.units);
  store.setState({ [key]: [...others, point] });
}

/** What the slider has measured of this scene. */
export function useKeptPoints(scene: Scene | null): readonly ShownPoint[] {
  const key = scene === null ? '' : keyOf(scene);
  return useStore(livePoints(useWorkbench()), (kept) => kept[key] ?? none);
}

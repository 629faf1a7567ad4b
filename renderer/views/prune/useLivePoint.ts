/** The slider's point, measured on the real model each time it moves; what was measured stays in the curve. */
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { ResultOf } from '../../../engine/results/contract.ts';
import type { CurvePoint } from '../../../engine/results/pruneCurve.ts';
import { useIsResident } from '../../api/hooks.ts';
import { keyOf } from '../../api/useStable.ts';
import type { Streamed } from '../../api/useStream.ts';
import { useStream } from '../../api/useStream.ts';
import type { Workbench } from '../../api/workbench.ts';
import { useWorkbench } from '../../api/workbench.ts';
import type { CurveView } from './curveFold.ts';
import { foldCurve, noCurve } from './curveFold.ts';
import type { Scene } from './scene.ts';

export type LivePoint = Streamed<CurveView, ResultOf<'pruneCurve'>>;

export function useLivePoint(scene: Scene | null, units: number): LivePoint {
  const isResident = useIsResident();
  const workbench = useWorkbench();
  const request = scene === null || !isResident ? null : { ...scene, points: [units], draws: 0 };
  const live = useStream('pruneCurve', request, foldCurve, noCurve);
  const { status, stale, value } = live;
  const point = status === 'done' && !stale ? value.points[0] : undefined;
  useEffect(() => {
    if (scene !== null && point !== undefined) keep(livePoints(workbench), keyOf(scene), point);
  }, [workbench, scene, point]);
  return live;
}

type Kept = Readonly<Record<string, readonly CurvePoint[]>>;
const stores = new WeakMap<Workbench, StoreApi<Kept>>();
const none: readonly CurvePoint[] = [];

function livePoints(workbench: Workbench): StoreApi<Kept> {
  const store = stores.get(workbench) ?? createStore<Kept>(() => ({}));
  stores.set(workbench, store);
  return store;
}

function keep(store: StoreApi<Kept>, key: string, point: CurvePoint): void {
  const others = (store.getState()[key] ?? none).filter(({ units }) => units !== point.units);
  store.setState({ [key]: [...others, point] });
}

/** What the slider has measured of this scene. */
export function useKeptPoints(scene: Scene | null): readonly CurvePoint[] {
  const key = scene === null ? '' : keyOf(scene);
  return useStore(livePoints(useWorkbench()), (kept) => kept[key] ?? none);
}

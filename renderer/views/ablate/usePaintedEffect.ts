/** The effect of the painted set in React, and how long it took. */
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { useIsResident } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import type { EffectState, LiveEffect } from './liveEffect.ts';
import { liveEffect } from './liveEffect.ts';

export function useLiveEffect(): LiveEffect {
  return liveEffect(useWorkbench());
}

export function usePaintedEffect(): EffectState {
  const live = useLiveEffect();
  const isResident = useIsResident();
  useEffect(() => live.use(), [live]);
  useEffect(() => live.allow(isResident), [live, isResident]);
  return useStore(live.store);
}

export interface Latency {
  readonly next: number | null;
  readonly metric: number | null;
}

/** Milliseconds from the last change of the set to its next tokens, and to its metric; null until they are shown. */
export function useLatency({ stale, value, askedAt }: EffectState): Latency {
  const next = useArrival(stale ? null : value.next, askedAt);
  const metric = useArrival(stale ? null : value.metric, askedAt);
  return { next, metric };
}

function useArrival(what: object | null, askedAt: number): number | null {
  const [arrived, setArrived] = useState<{ readonly what: object; readonly after: number } | null>(null);
  useEffect(() => {
    if (what !== null) setArrived({ what, after: performance.now() - askedAt });
  }, [what, askedAt]);
  return what === null || arrived?.what !== what ? null : arrived.after;
}

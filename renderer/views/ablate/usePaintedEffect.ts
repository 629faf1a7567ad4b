/** The effect of the painted set in React. */
import { useEffect } from 'react';
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

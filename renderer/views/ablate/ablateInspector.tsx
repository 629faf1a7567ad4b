/** In the inspector of other places: what the set does. */
import type { ReactElement } from 'react';
import { useWorkspace } from '../../api/hooks.ts';
import './ablate.css';
import { EffectNumbers } from './effectNumbers.tsx';
import { sizeOf, usePainted } from './painted.ts';
import { usePaintedEffect } from './usePaintedEffect.ts';

export function AblateInspector(): ReactElement | null {
  const painted = usePainted();
  // The place itself shows all of it.
  const isShown = useWorkspace(({ panes, full }) =>
    full === null ? panes.includes('ablate') : panes[full] === 'ablate',
  );
  return sizeOf(painted) === 0 || isShown ? null : <SetEffect />;
}

/** Failures are told where they can be mended. */
function SetEffect(): ReactElement | null {
  const effect = usePaintedEffect();
  const { status, stale } = effect;
  if (status === 'idle' || status === 'error') return null;
  const isComputing = stale || (status === 'loading' && effect.value.next === null);
  return (
    <div className="ablate-effect" data-stale={stale} aria-busy={isComputing}>
      <div className="ablate-working" data-on={isComputing} />
      <EffectNumbers effect={effect} />
    </div>
  );
}

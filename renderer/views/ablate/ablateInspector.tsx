/** In the inspector of other places: what the set does. */
import type { ReactElement } from 'react';
import { useWorkspace } from '../../api/hooks.ts';
import { MetricLines } from './metricLines.tsx';
import { NextTokens } from './nextTokens.tsx';
import { countWords, sizeOf, usePainted } from './painted.ts';
import { RandomSets } from './randomSets.tsx';
import './ablate.css';
import { usePaintedEffect } from './usePaintedEffect.ts';

export function AblateInspector(): ReactElement | null {
  const painted = usePainted();
  // The place itself shows all of it.
  const isShown = useWorkspace(({ panes, full }) =>
    full === null ? panes.includes('ablate') : panes[full] === 'ablate',
  );
  return sizeOf(painted) === 0 || isShown ? null : <SetEffect of={countWords(painted)} />;
}

function SetEffect({ of }: { readonly of: string }): ReactElement | null {
  const { value, stale, status, n } = usePaintedEffect();
  if (status === 'idle' || status === 'error') return null;
  return (
    <div className="ablate-effect" data-stale={stale}>
      <NextTokens next={value.next} of={of} />
      <MetricLines metric={value.metric} n={n} />
      <RandomSets view={value} of={of} isDone={status === 'done'} />
    </div>
  );
}

/** How far the run is; of one that is done its warnings, folded: a bench has many to say. */
import type { ReactElement } from 'react';
import { useRun } from '../../api/hooks.ts';
import { countOf } from '../ablate/sweepsWords.ts';
import { SweepsRunBar } from '../ablate/sweepsRunBar.tsx';

export function CircuitBar({ run }: { readonly run: string }): ReactElement | null {
  const summary = useRun(run)?.summary ?? null;
  if (summary === null) return null;
  const { state, warnings } = summary;
  if (state !== 'done') return <SweepsRunBar run={run} />;
  if (warnings.length === 0) return null;
  return (
    <details className="circuits-warnings">
      <summary>{countOf(warnings.length, 'warning')}</summary>
      <ul>
        {warnings.map((warning) => (
          <li key={warning}>{warning}</li>
        ))}
      </ul>
    </details>
  );
}

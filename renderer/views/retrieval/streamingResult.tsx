/** The runs of a part of Streaming: which one is looked at, how far it is, and what it says. */
import type { ReactElement } from 'react';
import { useRun } from '../../api/hooks.ts';
import type { RunView } from '../../api/runStore.ts';
import { ErrorState, Loading } from '../../parts/states.tsx';
import { SweepsRunBar } from '../ablate/sweepsRunBar.tsx';
import { SweepsRunPicker } from '../ablate/sweepsRunPicker.tsx';
import { SweepsRunState } from '../ablate/sweepsRunState.tsx';
import { shownOf, useCallRuns } from './callRuns.ts';
import type { StreamingCall } from './streamingJobs.ts';

export interface StreamingResultProps {
  readonly call: StreamingCall;
  readonly chosen: string | null;
  readonly onChoose: (run: string) => void;
  /** Where there is no run. */
  readonly empty: ReactElement;
  /** Null while the run has nothing to draw. */
  readonly children: (view: RunView) => ReactElement | null;
}

export function StreamingResult({ call, chosen, onChoose, empty, children }: StreamingResultProps): ReactElement {
  const { list, isLoading, error, retry } = useCallRuns(call);
  const shown = shownOf(list, chosen);
  if (shown === null && error !== null) return <ErrorState error={error} onRetry={retry} />;
  if (shown === null) return isLoading ? <Loading what="Reading the runs" /> : empty;
  return (
    <div className="retrieval-detection">
      <div className="retrieval-top">
        <SweepsRunPicker runs={list} value={shown} onChange={onChoose} />
      </div>
      <SweepsRunBar run={shown} />
      <Shown key={shown} run={shown}>
        {children}
      </Shown>
    </div>
  );
}

interface ShownProps {
  readonly run: string;
  readonly children: (view: RunView) => ReactElement | null;
}

function Shown({ run, children }: ShownProps): ReactElement | null {
  const view = useRun(run);
  if (view === null) return null;
  const isPreparing = view.summary?.state === 'running' && view.error === null;
  return children(view) ?? (isPreparing ? <Loading what="Preparing the texts" /> : <SweepsRunState view={view} />);
}

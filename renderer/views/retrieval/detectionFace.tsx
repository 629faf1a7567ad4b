/** What came of a detection: where the model found the needle, which heads copied, and when. */
import type { ReactElement } from 'react';
import { useRun } from '../../api/hooks.ts';
import { useRuns } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Empty, ErrorState, Loading } from '../../parts/states.tsx';
import '../ablate/sweeps.css';
import { SweepsRunBar } from '../ablate/sweepsRunBar.tsx';
import { useRunsOnModel } from '../ablate/sweepsRunList.ts';
import { SweepsRunPicker } from '../ablate/sweepsRunPicker.tsx';
import { SweepsRunState } from '../ablate/sweepsRunState.tsx';
import { DetectionGridPanel } from './detectionGridPanel.tsx';
import { DetectionRuns } from './detectionRuns.tsx';
import { DetectionSummary } from './detectionSummary.tsx';
import { HeadPage } from './headPage.tsx';
import { HeadRanking } from './headRanking.tsx';
import { isDetection } from './isDetection.ts';
import { useChangeRetrieval, useRetrieval } from './retrievalSettings.ts';

export function DetectionFace(): ReactElement {
  const chosen = useRetrieval((settings) => settings.detection);
  const change = useChangeRetrieval();
  const { data, error, refetch } = useRuns();
  const runs = useRunsOnModel(data?.runs, isDetection);
  // A run that was just started is shown before the list of runs has it.
  const shown = chosen ?? runs[0]?.id ?? null;
  if (shown === null && error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (shown === null && data === undefined) return <Loading what="Reading the runs" />;
  if (shown === null) return <Nothing onPrepare={() => change({ face: 'needles' })} />;
  const choose = (run: string) => change({ detection: run });
  return (
    <div className="retrieval-detection">
      <div className="retrieval-top">
        <SweepsRunPicker runs={runs} value={shown} onChange={choose} />
        <DetectionSummary run={shown} />
      </div>
      <SweepsRunBar run={shown} />
      <Detection key={shown} run={shown} />
    </div>
  );
}

function Detection({ run }: { readonly run: string }): ReactElement | null {
  const view = useRun(run);
  if (view === null) return null;
  if (view.table?.kind !== 'retrieve') return <SweepsRunState view={view} />;
  const { table } = view;
  return (
    <div className="retrieval-quarters">
      <DetectionGridPanel table={table} />
      <HeadRanking run={run} table={table} />
      <DetectionRuns table={table} />
      <HeadPage run={run} table={table} />
    </div>
  );
}

function Nothing({ onPrepare }: { readonly onPrepare: () => void }): ReactElement {
  return (
    <Empty title="Nothing is detected yet" action={<Button onClick={onPrepare}>Choose needles</Button>}>
      Each head is scored by the tokens of a needle’s answer that it copies while the model says them.
    </Empty>
  );
}

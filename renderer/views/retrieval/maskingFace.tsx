/** What depends on the heads that retrieve: masked, against random heads of the same layers and the lowest. */
import type { ReactElement } from 'react';
import type { RunSummary } from '../../../engine/results/runs.ts';
import { useRun } from '../../api/hooks.ts';
import { useRuns } from '../../api/queries.ts';
import { Empty, ErrorState, Loading } from '../../parts/states.tsx';
import '../ablate/sweeps.css';
import { SweepsRunBar } from '../ablate/sweepsRunBar.tsx';
import { useRunsOnModel } from '../ablate/sweepsRunList.ts';
import { SweepsRunPicker } from '../ablate/sweepsRunPicker.tsx';
import { SweepsRunState } from '../ablate/sweepsRunState.tsx';
import { MaskBeforeAfter } from './maskBeforeAfter.tsx';
import { MaskCurves } from './maskCurves.tsx';
import { MaskFields } from './maskFields.tsx';
import { maskRows } from './maskRows.ts';
import { useMasking } from './retrievalSettings.ts';

export function MaskingFace({ context }: { readonly context: number }): ReactElement {
  return (
    <div className="retrieval-detection">
      <MaskFields context={context} />
      <Result />
    </div>
  );
}

function isMasking({ call }: RunSummary): boolean {
  return call === 'maskCurve';
}

function Result(): ReactElement {
  const [{ run }, change] = useMasking();
  const { data, error, refetch } = useRuns();
  const runs = useRunsOnModel(data?.runs, isMasking);
  const shown = run ?? runs[0]?.id ?? null;
  if (shown !== null)
    return (
      <>
        <div className="retrieval-top">
          <SweepsRunPicker runs={runs} value={shown} onChange={(next) => change({ run: next })} />
        </div>
        <SweepsRunBar run={shown} />
        <Masked key={shown} run={shown} />
      </>
    );
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading what="Reading the runs" />;
  return (
    <Empty title="Nothing is masked yet">
      If the task breaks with the top heads and not with as many random ones, the task depends on them; plain text says
      whether anything else does.
    </Empty>
  );
}

function Masked({ run }: { readonly run: string }): ReactElement | null {
  const view = useRun(run);
  if (view === null) return null;
  const rows = maskRows(view.table);
  if (rows === null) return <SweepsRunState view={view} />;
  return (
    <div className="retrieval-masked">
      <MaskCurves rows={rows} />
      <MaskBeforeAfter rows={rows} />
    </div>
  );
}

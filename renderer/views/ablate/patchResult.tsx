/** The patching run that is looked at. */
import type { ReactElement } from 'react';
import { useCallback } from 'react';
import { useRun } from '../../api/hooks.ts';
import { Panel } from '../../parts/panel.tsx';
import { Empty, ErrorState, Loading } from '../../parts/states.tsx';
import { PatchPanel } from './patchPanel.tsx';
import { usePatchRuns } from './patchRuns.ts';
import { useChangePatch, usePatch } from './patchSettings.ts';
import { useOfRun } from './sweepsFeed.ts';
import { SweepsRunBar } from './sweepsRunBar.tsx';
import { SweepsRunPicker } from './sweepsRunPicker.tsx';
import { SweepsRunState } from './sweepsRunState.tsx';

export function PatchResult(): ReactElement {
  const { list: runs, isLoading, error } = usePatchRuns();
  const chosen = usePatch((settings) => settings.run);
  const change = useChangePatch();
  const shown = runs.find(({ id }) => id === chosen) ?? runs[0];
  if (shown !== undefined) {
    const picker = <SweepsRunPicker runs={runs} value={shown.id} onChange={(run) => change({ run })} />;
    return <ShownRun key={shown.id} run={shown.id} picker={picker} />;
  }
  return (
    <Panel title="Patching">
      {error !== null && <ErrorState error={error} />}
      {error === null && isLoading && <Loading what="Reading the runs" />}
      {error === null && !isLoading && <Nothing />}
    </Panel>
  );
}

function ShownRun({ run, picker }: { readonly run: string; readonly picker: ReactElement }): ReactElement {
  const hasTable = useOfRun(
    run,
    useCallback((table) => table?.kind === 'patchGrid', []),
  );
  if (hasTable) return <PatchPanel run={run} picker={picker} />;
  return (
    <Panel title="Patching" controls={picker}>
      <div className="sweeps-body">
        <SweepsRunBar run={run} />
        <NoTable run={run} />
      </div>
    </Panel>
  );
}

function NoTable({ run }: { readonly run: string }): ReactElement | null {
  const view = useRun(run);
  return view === null ? null : <SweepsRunState view={view} />;
}

function Nothing(): ReactElement {
  return (
    <Empty title="Nothing is patched yet">
      Each cell of a grid puts the value that one prompt of a pair has at a layer and position (or in a head) into the
      run of the other, and shows how much of the metric comes back. Every prompt needs a corrupt one of its own length.
    </Empty>
  );
}

/** The table of runs, or why there is none. */
import type { ReactElement } from 'react';
import type { RunSummary } from '../../../engine/results/runs.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';
import { Empty, ErrorState, Loading } from '../../parts/states.tsx';
import { useChangeRuns, useRunsSettings } from './runsSettings.ts';
import { RunTable } from './runTable.tsx';
import type { RunList } from './useRunList.ts';

interface RunListingProps extends Pick<RunList, 'asked' | 'all' | 'shown'> {
  readonly chosen: string | null;
  readonly other: string | null;
  readonly onChoose: (run: RunSummary) => void;
  readonly onKeep: (run: RunSummary) => void;
}

export function RunListing({ asked, all, shown, ...table }: RunListingProps): ReactElement {
  const isBin = useRunsSettings((settings) => settings.isBin);
  const { error, data, isPlaceholderData } = asked;
  if (error !== null) return <ErrorState error={error} onRetry={() => void asked.refetch()} />;
  if (data === undefined || isPlaceholderData) return <Loading what="Reading the project’s runs" />;
  if (all.length === 0) return isBin ? <EmptyBin /> : <EmptyProject />;
  if (shown.length === 0) return <NothingFits />;
  return <RunTable runs={shown} {...table} />;
}

function EmptyProject(): ReactElement {
  const { workspace } = useWorkbench();
  return (
    <Empty title="No run yet" action={<Button onClick={() => workspace.goTo('heads')}>Go to Heads</Button>}>
      Whatever is measured is kept here, row by row, with all that is needed to get the same numbers again. Measure the
      heads of a model to begin.
    </Empty>
  );
}

function EmptyBin(): ReactElement {
  return <Empty title="The bin is empty">Runs that are deleted wait here and can be restored.</Empty>;
}

function NothingFits(): ReactElement {
  const change = useChangeRuns();
  const clear = () => change({ text: '', call: null, state: null, tag: null });
  return <Empty title="No run fits" action={<Button onClick={clear}>Show all</Button>} />;
}

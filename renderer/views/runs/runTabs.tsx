/** The chosen run: what it is, how it differs from another, the numbers of both over each other. */
import type { ReactElement } from 'react';
import type { RunSummary } from '../../../engine/results/runs.ts';
import { PaneContext } from '../../parts/paneContext.ts';
import { Empty } from '../../parts/states.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { Comparison } from './comparison.tsx';
import { OtherPicker } from './otherPicker.tsx';
import { Overlay } from './overlay.tsx';
import { RunDetails } from './runDetails.tsx';
import type { RunsTab } from './runsSettings.ts';
import { useChangeRuns, useRunsSettings } from './runsSettings.ts';

interface RunTabsProps {
  readonly run: RunSummary | null;
  readonly other: RunSummary | null;
  readonly runs: readonly RunSummary[];
}

export function RunTabs({ run, other, runs }: RunTabsProps): ReactElement {
  const tab = useRunsSettings((settings) => settings.tab);
  const change = useChangeRuns();
  if (run === null) return <Empty title="No run is chosen">Choose one in the list: what it is stands here.</Empty>;
  const withOther = (content: (other: RunSummary) => ReactElement) => () =>
    other === null ? <NoOther /> : content(other);
  return (
    // Panels in here are no panes: their menus hold nothing of the pane's.
    <PaneContext value={null}>
      <Tabs<RunsTab>
        label="The chosen run"
        value={tab}
        onChange={(next) => change({ tab: next })}
        aside={tab === 'run' ? null : <OtherPicker run={run} other={other} runs={runs} />}
        tabs={[
          { value: 'run', title: 'Run', content: () => <RunDetails key={run.id} run={run} /> },
          { value: 'compare', title: 'Compare', content: withOther((b) => <Comparison a={run} b={b} />) },
          { value: 'overlay', title: 'Overlay', content: withOther((b) => <Overlay a={run} b={b} />) },
        ]}
      />
    </PaneContext>
  );
}

function NoOther(): ReactElement {
  return (
    <Empty title="A second run is needed">
      Mark it in the list with the box at its right, or with Space, and choose this one again.
    </Empty>
  );
}

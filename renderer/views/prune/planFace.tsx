/** What goes first, what that costs, and a slider whose position is measured on the real model. */
import type { ReactElement } from 'react';
import { PaneContext } from '../../parts/paneContext.ts';
import { Panel } from '../../parts/panel.tsx';
import { Button } from '../../parts/button.tsx';
import { Empty, ErrorState, Loading } from '../../parts/states.tsx';
import { SweepsRunBar } from '../ablate/sweepsRunBar.tsx';
import { CurvePicker } from './curvePicker.tsx';
import { PlanControls } from './planControls.tsx';
import { PlanProgress } from './planProgress.tsx';
import { PlanResult } from './planResult.tsx';
import type { PruneModel } from './pruneModel.ts';
import { useChangePrune } from './pruneSettings.ts';
import type { ShownScene } from './useScene.ts';
import { useScene } from './useScene.ts';

export function PlanFace({ model }: { readonly model: PruneModel }): ReactElement {
  const shown = useScene(model);
  return (
    <PaneContext value={null}>
      <div className="prune-halves">
        <PlanControls model={model} shown={shown} />
        {shown.scene === null ? <NoScene {...shown} /> : <PlanResult {...shown} scene={shown.scene} model={model} />}
      </div>
    </PaneContext>
  );
}

function NoScene(shown: ShownScene): ReactElement {
  const { run, runs, plan } = shown;
  return (
    <Panel title="Plan" controls={<CurvePicker {...{ run, runs }} />}>
      {run === null ? (
        <NothingYet {...shown} />
      ) : (
        <div className="prune-plan">
          <SweepsRunBar run={run} />
          {plan === null ? <Loading what="Reading the run" /> : <PlanProgress {...{ run, plan }} />}
        </div>
      )}
    </Panel>
  );
}

function NothingYet({ runs, prepared }: ShownScene): ReactElement {
  const change = useChangePrune();
  const toCriteria = () => change({ face: 'criteria' });
  if (runs.error !== null) return <ErrorState error={runs.error} />;
  if (runs.isLoading) return <Loading what="Reading the runs" />;
  if (typeof prepared !== 'string') {
    return (
      <Empty title="There is no plan yet">
        The loss without each unit is measured when the plan is made; with a run of criteria the slider measures at
        once.
      </Empty>
    );
  }
  return (
    <Empty title="There is no plan yet" action={<Button onClick={toCriteria}>Criteria</Button>}>
      {prepared}
    </Empty>
  );
}

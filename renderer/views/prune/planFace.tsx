/** What goes first, what that costs, and a slider whose position is measured on the real model. */
import type { ReactElement } from 'react';
import { PaneContext } from '../../parts/paneContext.ts';
import { Panel } from '../../parts/panel.tsx';
import { Button } from '../../parts/button.tsx';
import { Empty, Loading } from '../../parts/states.tsx';
import { SweepsRunBar } from '../ablate/sweepsRunBar.tsx';
import { CurvePicker } from './curvePicker.tsx';
import { PlanControls } from './planControls.tsx';
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
        <PlanControls model={model} prepared={shown.prepared} />
        {shown.scene === null ? <NoPlan {...shown} /> : <PlanResult {...shown} scene={shown.scene} model={model} />}
      </div>
    </PaneContext>
  );
}

function NoPlan({ run, runs, prepared }: ShownScene): ReactElement {
  const change = useChangePrune();
  const toCriteria = () => change({ face: 'criteria' });
  return (
    <Panel title="Plan" controls={<CurvePicker {...{ run, runs }} />}>
      {run !== null && <SweepsRunBar run={run} />}
      {run !== null || runs.isLoading ? (
        <Loading what="Reading the run" />
      ) : (
        <Empty title="There is no plan yet" action={<Button onClick={toCriteria}>Criteria</Button>}>
          {typeof prepared === 'string' ? prepared : 'Press Start to measure a curve.'}
        </Empty>
      )}
    </Panel>
  );
}

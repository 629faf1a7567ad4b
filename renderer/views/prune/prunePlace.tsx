/** What heads are worth, and what is left of the model without those that are worth least. */
import type { ReactElement } from 'react';
import { useModelInfo, useWorkspace } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Empty, Loading } from '../../parts/states.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import '../ablate/sweeps.css';
import { AgreementFace } from './agreementFace.tsx';
import { CriteriaFace } from './criteriaFace.tsx';
import { PlanFace } from './planFace.tsx';
import './prune.css';
import type { PruneModel } from './pruneModel.ts';
import { useChangePrune, usePrune } from './pruneSettings.ts';
import { WriteFace } from './writeFace.tsx';

export function PrunePlace(): ReactElement {
  const info = useModelInfo();
  const choice = useWorkspace((state) => state.model);
  return (
    <Panel title="Prune">
      {info === null || choice === null ? <NoModel /> : <Faces model={{ choice, shape: info.shape }} />}
    </Panel>
  );
}

function Faces({ model }: { readonly model: PruneModel }): ReactElement {
  const face = usePrune((settings) => settings.face);
  const change = useChangePrune();
  return (
    <div className="prune">
      <Tabs
        label="Steps of pruning"
        value={face}
        onChange={(next) => change({ face: next })}
        tabs={[
          { value: 'criteria', title: 'Criteria', content: () => <CriteriaFace model={model} /> },
          { value: 'agreement', title: 'Agreement', content: () => <AgreementFace /> },
          { value: 'plan', title: 'Plan', content: () => <PlanFace model={model} /> },
          { value: 'write', title: 'Write', content: () => <WriteFace model={model} /> },
        ]}
      />
    </div>
  );
}

function NoModel(): ReactElement {
  const { dialogs } = useWorkbench();
  const path = useWorkspace((state) => state.model?.model ?? null);
  if (path !== null) return <Loading what="Reading the model’s headers" />;
  const open = () => dialogs.show({ kind: 'palette', page: 'models' });
  return (
    <Empty title="No model is open" action={<Button onClick={open}>Open a model</Button>}>
      Its heads are held against each other here, to see which can go.
    </Empty>
  );
}

/** The retrieval laboratory: needles, what heads do with them, what masking those heads costs. */
import type { ReactElement } from 'react';
import { useIsResident, useModelInfo, useWorkspace } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';
import { Panel } from '../../parts/panel.tsx';
import { PaneContext } from '../../parts/paneContext.ts';
import { Empty, Loading } from '../../parts/states.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import type { ModelChoice } from '../../state/workspace.ts';
import { DetectionFace } from './detectionFace.tsx';
import { MaskingFace } from './maskingFace.tsx';
import { NeedlesFace } from './needlesFace.tsx';
import './retrieval.css';
import { useChangeRetrieval, useRetrieval } from './retrievalSettings.ts';
import { StreamingFace } from './streamingFace.tsx';

export function RetrievalPlace(): ReactElement {
  const info = useModelInfo();
  const model = useWorkspace((state) => state.model);
  const isResident = useIsResident();
  return (
    <Panel title="Retrieval">
      {info === null || model === null ? (
        <NoModel />
      ) : (
        <Faces {...{ model, isResident }} context={info.shape.context} />
      )}
    </Panel>
  );
}

interface FacesProps {
  readonly model: ModelChoice;
  readonly context: number;
  readonly isResident: boolean;
}

function Faces({ model, context, isResident }: FacesProps): ReactElement {
  const face = useRetrieval((settings) => settings.face);
  const change = useChangeRetrieval();
  return (
    <div className="retrieval">
      {/* Panels of the faces are parts of the pane, not panes. */}
      <PaneContext value={null}>
        <Tabs
          label="Parts of the laboratory"
          value={face}
          onChange={(next) => change({ face: next })}
          tabs={[
            { value: 'needles', title: 'Needles', content: () => <NeedlesFace {...{ context, isResident }} /> },
            { value: 'detection', title: 'Detection', content: () => <DetectionFace /> },
            { value: 'masking', title: 'Masking', content: () => <MaskingFace context={context} /> },
            { value: 'streaming', title: 'Streaming', content: () => <StreamingFace {...{ model, context }} /> },
          ]}
        />
      </PaneContext>
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
      Needles are hidden in long texts here, to see which of its heads fetch them.
    </Empty>
  );
}

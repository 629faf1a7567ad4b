/** What happens without some parts of the model: painted ones at once, all of them in sweeps, values of another prompt. */
import type { ReactElement } from 'react';
import { useHeadShape, useWorkspace } from '../../api/hooks.ts';
import { useShortcut } from '../../api/useShortcut.ts';
import { useWorkbench } from '../../api/workbench.ts';
import type { HeadShape } from '../../marks/headShape.ts';
import { Button } from '../../parts/button.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Empty, Loading } from '../../parts/states.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import './ablate.css';
import { PaintFace } from './paintFace.tsx';
import { useChangePaint, usePaint } from './paintSettings.ts';
import { PatchFace } from './patchFace.tsx';
import { SweepsFace } from './sweepsFace.tsx';

export function AblatePlace(): ReactElement {
  const heads = useHeadShape();
  return <Panel title="Ablate">{heads === null ? <NoModel /> : <Faces heads={heads} />}</Panel>;
}

function Faces({ heads }: { readonly heads: HeadShape }): ReactElement {
  const face = usePaint((settings) => settings.face);
  const change = useChangePaint();
  useShortcut('ablate', () => change({ face: 'paint' }));
  return (
    <div className="ablate">
      <Tabs
        label="Ways to take parts out"
        value={face}
        onChange={(next) => change({ face: next })}
        tabs={[
          { value: 'paint', title: 'Paint', content: () => <PaintFace heads={heads} /> },
          { value: 'sweeps', title: 'Sweeps', content: () => <SweepsFace /> },
          { value: 'patch', title: 'Patch', content: () => <PatchFace /> },
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
      Its heads can be painted here, to see what it predicts without them.
    </Empty>
  );
}

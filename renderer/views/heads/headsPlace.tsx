/** The home: all heads by any measure, and below them what the chosen head attends to and how measures agree. */
import type { ReactElement } from 'react';
import { useHeadShape, useWorkspace } from '../../api/hooks.ts';
import { useInfo } from '../../api/queries.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Empty, ErrorState, Loading } from '../../parts/states.tsx';
import { HeadsWorkspace } from './headsWorkspace.tsx';
import './heads.css';

export function HeadsPlace(): ReactElement {
  const heads = useHeadShape();
  if (heads !== null) return <HeadsWorkspace heads={heads} />;
  return (
    <Panel title="Heads">
      <NoHeads />
    </Panel>
  );
}

function NoHeads(): ReactElement {
  const { dialogs } = useWorkbench();
  const path = useWorkspace((state) => state.model?.model ?? null);
  const { error, refetch } = useInfo(path);
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (path !== null) return <Loading what="Reading the model’s headers" />;
  const open = () => dialogs.show({ kind: 'palette', page: 'models' });
  return (
    <Empty title="No model is open" action={<Button onClick={open}>Open a model</Button>}>
      Its heads stand here, layer by layer, coloured by what they do or by what happens without them.
    </Empty>
  );
}

/** Sweeps: every unit of a kind removed in turn, pairs, sets that grow, sets that are saved; and what came of each. */
import type { ReactElement } from 'react';
import { useHeadShape, useWorkspace } from '../../api/hooks.ts';
import { PaneContext } from '../../parts/paneContext.ts';
import { Empty, Loading } from '../../parts/states.tsx';
import './sweeps.css';
import { SweepsControls } from './sweepsControls.tsx';
import { NoPrompts } from './sweepsNoPrompts.tsx';
import { SweepsResult } from './sweepsResult.tsx';

export function SweepsFace(): ReactElement {
  const heads = useHeadShape();
  const hasPrompts = useWorkspace(({ prompts }) => prompts !== null);
  const hasModel = useWorkspace(({ model }) => model !== null);
  if (!hasModel) return <Empty title="No model is open">Its heads, MLPs and layers are removed one by one here.</Empty>;
  if (heads === null) return <Loading what="Reading the model’s headers" />;
  return (
    <PaneContext value={null}>
      <div className="sweeps">
        {hasPrompts ? <SweepsControls heads={heads} /> : <NoPrompts />}
        <SweepsResult />
      </div>
    </PaneContext>
  );
}

/** Activation patching: values of one run put into the run of the other prompt, cell by cell (Meng et al. 2022). */
import type { ReactElement } from 'react';
import { useHeadShape, useWorkspace } from '../../api/hooks.ts';
import { PaneContext } from '../../parts/paneContext.ts';
import { Empty, Loading } from '../../parts/states.tsx';
import './patch.css';
import { PatchControls } from './patchControls.tsx';
import { PatchResult } from './patchResult.tsx';
import './sweeps.css';
import { NoPrompts } from './sweepsNoPrompts.tsx';

export function PatchFace(): ReactElement {
  const heads = useHeadShape();
  const hasPrompts = useWorkspace(({ prompts }) => prompts !== null);
  const hasModel = useWorkspace(({ model }) => model !== null);
  if (!hasModel) {
    return <Empty title="No model is open">Values of its clean run are put into its corrupt one here.</Empty>;
  }
  if (heads === null) return <Loading what="Reading the model’s headers" />;
  return (
    <PaneContext value={null}>
      <div className="sweeps">
        {hasPrompts ? <PatchControls heads={heads} /> : <NoPrompts />}
        <PatchResult />
      </div>
    </PaneContext>
  );
}

/** Painting: the matrix on the left, what it does on the right. */
import type { ReactElement } from 'react';
import { useIsResident, useWorkspace } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import type { HeadShape } from '../../marks/headShape.ts';
import { Button } from '../../parts/button.tsx';
import { Empty } from '../../parts/states.tsx';
import { EffectPanel } from './effectPanel.tsx';
import { PaintControls } from './paintControls.tsx';
import { PaintMatrix } from './paintMatrix.tsx';
import { PaintSets } from './paintSets.tsx';

export function PaintFace({ heads }: { readonly heads: HeadShape }): ReactElement {
  return (
    <div className="ablate-paint">
      <PaintControls heads={heads} />
      <div className="ablate-halves">
        <div className="ablate-left">
          <PaintMatrix heads={heads} />
          <p className="ablate-note">
            Press or drag to paint; from a painted cell on it takes away. Space paints the cell that has the focus.
          </p>
          <PaintSets />
        </div>
        <div className="ablate-right">
          <Effect />
        </div>
      </div>
    </div>
  );
}

/** What is missing before anything can be measured is said first. */
function Effect(): ReactElement {
  const { dialogs, workspace } = useWorkbench();
  const model = useWorkspace((state) => state.model?.model ?? null);
  const hasPrompts = useWorkspace((state) => state.prompts !== null);
  const isResident = useIsResident();
  if (!hasPrompts) {
    return (
      <Empty
        title="No prompts are chosen"
        action={<Button onClick={() => workspace.goTo('prompts')}>Choose prompts</Button>}
      >
        The effect of what is painted is measured on prompts whose answer is known.
      </Empty>
    );
  }
  if (!isResident && model !== null) {
    const open = () => dialogs.show({ kind: 'openModel', path: model });
    return (
      <Empty title="The model is not in memory" action={<Button onClick={open}>Open it</Button>}>
        What is painted stays.
      </Empty>
    );
  }
  return <EffectPanel />;
}

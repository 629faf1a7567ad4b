import type { ReactElement } from 'react';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';

/** What was measured before can be looked at without. */
export function NoPrompts(): ReactElement {
  const { dialogs } = useWorkbench();
  return (
    <div className="sweeps-controls">
      <span className="sweeps-quiet">No prompts are chosen to measure on.</span>
      <Button onClick={() => dialogs.show({ kind: 'palette', page: 'prompts' })}>Choose prompts</Button>
    </div>
  );
}

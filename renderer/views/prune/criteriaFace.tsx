/** Criteria side by side: what is asked for at the left, numbers as they come at the right. */
import type { ReactElement } from 'react';
import { PaneContext } from '../../parts/paneContext.ts';
import { CriteriaControls } from './criteriaControls.tsx';
import { CriteriaResult } from './criteriaResult.tsx';
import type { PruneModel } from './pruneModel.ts';

export function CriteriaFace({ model }: { readonly model: PruneModel }): ReactElement {
  return (
    <PaneContext value={null}>
      <div className="prune-halves">
        <CriteriaControls model={model} />
        <CriteriaResult />
      </div>
    </PaneContext>
  );
}

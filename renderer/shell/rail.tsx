/** The places there are, along the left edge. */
import type { ReactElement } from 'react';
import { useWorkspace } from '../api/hooks.ts';
import { useWorkbench } from '../api/workbench.ts';
import { Icon } from '../parts/icon.tsx';
import { Tooltip } from '../parts/tooltip.tsx';
import { placeOf } from '../state/workspace.ts';
import { views } from '../views/index.ts';

export function Rail(): ReactElement {
  const { workspace } = useWorkbench();
  const place = useWorkspace(placeOf);
  const panes = useWorkspace((state) => state.panes);
  return (
    <nav className="rail" aria-label="Places">
      {views.map(({ id, title, key, icon }) => (
        <Tooltip key={id} text={title} keys={key} side="right">
          <button
            type="button"
            className="rail-place"
            aria-current={id === place ? 'page' : undefined}
            data-shown={panes.includes(id)}
            onClick={() => workspace.goTo(id)}
          >
            <Icon name={icon} />
            {title}
          </button>
        </Tooltip>
      ))}
    </nav>
  );
}

/** Along the right: the primary head, the set, and what each view has to say of the head. */
import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import type { HeadRef } from '../../engine/results/units.ts';
import { useHeadMeasure, useHeadShape, useSelection, useWorkspace } from '../api/hooks.ts';
import { rankHeads } from '../api/rankHeads.ts';
import { useWorkbench } from '../api/workbench.ts';
import type { HeadShape } from '../marks/headShape.ts';
import { Button, IconButton } from '../parts/button.tsx';
import { ErrorBoundary } from '../parts/errorBoundary.tsx';
import { Empty } from '../parts/states.tsx';
import { Tooltip } from '../parts/tooltip.tsx';
import { headName } from '../state/headNames.ts';
import { sameHead } from '../state/headRefs.ts';
import { views } from '../views/index.ts';
import './inspector.css';
import { InspectorScores } from './inspectorScores.tsx';
import { tours } from './tours.ts';

export function Inspector(): ReactElement {
  const primary = useSelection((state) => state.primary);
  const shape = useHeadShape();
  return (
    <aside className="inspector" aria-label="Inspector">
      {primary === null || shape === null ? (
        <Nothing hasModel={shape !== null} />
      ) : (
        <>
          <Header head={primary} shape={shape} />
          <InspectorScores head={primary} />
          {views.map(
            ({ id, Inspector: Part }) =>
              Part !== undefined && (
                <ErrorBoundary key={id}>
                  <Part />
                </ErrorBoundary>
              ),
          )}
        </>
      )}
    </aside>
  );
}

function Nothing({ hasModel }: { readonly hasModel: boolean }): ReactElement {
  const { tour } = useWorkbench();
  return (
    <Empty title="No head is chosen">
      <p className="inspector-note">
        Choose one in the matrix, or type its name: Ctrl K, then L9H6. Its scores and what happens without it stand
        here.
      </p>
      {hasModel && <p className="inspector-note">Or take a tour of the model that is open:</p>}
      {hasModel &&
        tours.map(({ id, title, about }) => (
          <Tooltip key={id} text={about} side="left">
            <Button look="plain" icon="right" className="inspector-tour" onClick={() => tour.begin(id)}>
              {title}
            </Button>
          </Tooltip>
        ))}
    </Empty>
  );
}

function Header({ head, shape }: { readonly head: HeadRef; readonly shape: HeadShape }): ReactElement {
  const { selection } = useWorkbench();
  const pinned = useSelection((state) => state.pinned);
  const isPinned = sameHead(pinned, head);
  return (
    <header className="inspector-head">
      <div className="inspector-line">
        <h2 className="inspector-name">{headName(head)}</h2>
        <span className="inspector-quiet">{placeOfHead(head, shape)}</span>
        <Rank head={head} />
        <Tooltip text={isPinned ? 'Unpin' : 'Pin, to compare other heads with it'} keys="P">
          <IconButton
            icon="pin"
            label={isPinned ? 'Unpin' : 'Pin'}
            aria-pressed={isPinned}
            className="inspector-end"
            onClick={selection.togglePin}
          />
        </Tooltip>
      </div>
      <SetLine />
      <LockLine />
    </header>
  );
}

function placeOfHead({ layer, head }: HeadRef, { heads, kvHeads, headsOf }: HeadShape): string {
  if (kvHeads === heads) return '';
  return `KV group ${Math.floor((head * kvHeads) / (headsOf?.[layer] ?? heads))}`;
}

function Rank({ head }: { readonly head: HeadRef }): ReactElement | null {
  const measure = useHeadMeasure(useWorkspace((state) => state.measure));
  if (measure === null) return null;
  const order = rankHeads(measure);
  const at = order.indexOf(head.layer * measure.heads + head.head);
  if (at < 0) return <span className="inspector-quiet">not measured yet</span>;
  return <span className="inspector-quiet">{`rank ${at + 1} of ${order.length}`}</span>;
}

/** Heads of the set that are named; the rest are counted. */
const NAMED = 12;

function SetLine(): ReactElement {
  const { selection, dialogs } = useWorkbench();
  const set = useSelection((state) => state.set);
  const pinned = useSelection((state) => state.pinned);
  return (
    <>
      <div className="inspector-set">
        <span className="inspector-quiet">
          {set.length === 0 ? 'Set: empty' : `Set: ${set.length} ${set.length === 1 ? 'head' : 'heads'}`}
        </span>
        {set.slice(0, NAMED).map((head) => (
          <button
            key={headName(head)}
            type="button"
            className="inspector-chip"
            onClick={() => selection.setPrimary(head)}
          >
            {headName(head)}
          </button>
        ))}
        {set.length > NAMED && <span className="inspector-quiet">and {set.length - NAMED} more</span>}
        {set.length > 0 && (
          <span className="inspector-end">
            <Button look="plain" onClick={() => dialogs.show({ kind: 'saveSet' })}>
              Save
            </Button>
            <Button look="plain" onClick={selection.clear}>
              Clear
            </Button>
          </span>
        )}
      </div>
      {pinned !== null && (
        <div className="inspector-set">
          <span className="inspector-quiet">Pinned:</span>
          <button type="button" className="inspector-chip" onClick={() => selection.setPrimary(pinned)}>
            {headName(pinned)}
          </button>
        </div>
      )}
    </>
  );
}

function LockLine(): ReactElement | null {
  const { selection } = useWorkbench();
  const isLocked = useStore(selection.hoverLock);
  if (!isLocked) return null;
  return (
    <div className="inspector-set">
      <span className="inspector-quiet">What is pointed at is locked.</span>
      <Button look="plain" className="inspector-end" onClick={selection.toggleHoverLock}>
        Unlock
      </Button>
    </div>
  );
}

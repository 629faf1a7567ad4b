/** What the focused view is for, what of the shared selection it reads and changes, and the measure in use as a formula. */
import type { ReactElement } from 'react';
import { useHeadMeasure, useWorkspace } from '../api/hooks.ts';
import { useWorkbench } from '../api/workbench.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { placeOf } from '../state/workspace.ts';
import './helpDialog.css';
import { tours } from './tours.ts';
import { viewOf } from './viewOf.ts';

export function HelpDialog(): ReactElement {
  const { dialogs, tour } = useWorkbench();
  const view = viewOf(useWorkspace(placeOf));
  const measure = useHeadMeasure(useWorkspace((state) => state.measure));
  return (
    <Dialog isOpen onClose={dialogs.close} title={view?.title ?? 'Headscope'} about={view?.about}>
      <dl className="help">
        {view !== null && (
          <>
            <dt>reads</dt>
            <dd>{view.reads.join(', ')}</dd>
            <dt>changes</dt>
            <dd>{view.writes.join(', ') || 'nothing'}</dd>
          </>
        )}
        {measure !== null && (
          <>
            <dt>measure</dt>
            <dd>{`${measure.title}: ${measure.about}`}</dd>
            <dt>formula</dt>
            <dd>{measure.formula}</dd>
          </>
        )}
      </dl>
      <h3 className="help-tours">Tours</h3>
      {tours.map(({ id, title, about }) => (
        <div key={id} className="help-tour">
          <Button
            onClick={() => {
              dialogs.close();
              tour.begin(id);
            }}
          >
            {title}
          </Button>
          <span>{about}</span>
        </div>
      ))}
    </Dialog>
  );
}

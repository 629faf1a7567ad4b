import type { ReactElement } from 'react';
import type { RunSummary } from '../../../engine/results/runs.ts';
import { useWatch } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';

/** A job does not take the model in memory away from whoever works with it: the user says when. */
export function Waiting({ run: { model } }: { readonly run: RunSummary }): ReactElement | null {
  const { dialogs } = useWorkbench();
  const resident = useWatch((state) => state.resident);
  if (model === null) return null;
  const held = resident === null ? 'Another model' : resident.model.name;
  // Two copies of a model may have one name.
  const isNamesake = held === model.name;
  return (
    <div className="runs-running">
      <span>
        {isNamesake
          ? `${resident?.path ?? held} is in memory. This begins when ${model.path} is opened.`
          : `${held} is in memory. This begins when ${model.name} is opened.`}
      </span>
      <Button onClick={() => dialogs.show({ kind: 'openModel', path: model.path })}>{`Open ${model.name}`}</Button>
    </div>
  );
}

/** Colours the heads by what this run measured. */
import type { ReactElement } from 'react';
import type { RunSummary } from '../../../engine/results/runs.ts';
import { useModelInfo, useRun } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';
import { headRun } from './overlaid.ts';

/** Nothing for a run that measures no heads; the model is offered first where another one is looked at. */
export function ShowInHeads({ run: { id, model } }: { readonly run: RunSummary }): ReactElement | null {
  const { workspace, dialogs } = useWorkbench();
  const fingerprint = useModelInfo()?.fingerprint ?? null;
  const heads = headRun(id, useRun(id)?.table ?? null);
  const measure = heads?.measures[0]?.id ?? null;
  if (heads === null || measure === null || model === null) return null;
  if (heads.fingerprint !== fingerprint) {
    const open = () => dialogs.show({ kind: 'openModel', path: model.path });
    return (
      <Button
        onClick={open}
        title="Its heads can be shown once it is the model that is looked at"
      >{`Open ${model.name}`}</Button>
    );
  }
  const show = () => {
    workspace.set({ measure, run: id });
    workspace.goTo('heads');
  };
  return (
    <Button icon="heads" onClick={show}>
      Show in Heads
    </Button>
  );
}

/** What the window itself answers, whichever view has the focus. */
import { useEffect } from 'react';
import { steerJob } from '../api/jobs.ts';
import { headAfter } from '../api/rankHeads.ts';
import type { Workbench } from '../api/workbench.ts';
import { useWorkbench } from '../api/workbench.ts';
import { useHeadShape } from '../api/hooks.ts';
import type { HeadShape } from '../marks/headShape.ts';
import type { ShortcutId } from '../state/shortcuts.ts';
import { views } from '../views/index.ts';
import { isActive, shownJob } from './jobStates.ts';

type Answers = Partial<Record<ShortcutId, () => void>>;

export function useGlobalShortcuts(): void {
  const workbench = useWorkbench();
  const shape = useHeadShape();
  useEffect(() => {
    const answers: Answers = { ...places(workbench), ...windowKeys(workbench), ...headKeys(workbench, shape) };
    const entries = Object.entries(answers) as [ShortcutId, () => void][];
    const stops = entries.map(([id, answer]) => workbench.shortcuts.register(id, answer, null));
    return () => stops.forEach((stop) => stop());
  }, [workbench, shape]);
}

function places({ workspace }: Workbench): Answers {
  return Object.fromEntries(views.map(({ id, key }) => [`place${key}`, () => workspace.goTo(id)]));
}

function windowKeys(workbench: Workbench): Answers {
  const { dialogs, undo, workspace, watch, selection, tour } = workbench;
  return {
    palette: () => dialogs.show({ kind: 'palette', page: 'all' }),
    find: () => dialogs.show({ kind: 'palette', page: 'heads' }),
    openModel: () => dialogs.show({ kind: 'palette', page: 'models' }),
    choosePrompts: () => dialogs.show({ kind: 'palette', page: 'prompts' }),
    shortcuts: () => dialogs.show({ kind: 'shortcuts' }),
    help: () => dialogs.show({ kind: 'help' }),
    saveSet: () => (selection.store.getState().set.length > 0 ? dialogs.show({ kind: 'saveSet' }) : undefined),
    lockHover: selection.toggleHoverLock,
    undo: undo.undo,
    redo: undo.redo,
    fullPane: () => workspace.toggleFull(),
    cancel: () => {
      const job = shownJob(watch.store.getState().jobs.filter(isActive));
      if (job !== null) steerJob(workbench, job.id, 'cancel');
    },
    back: () => {
      if (tour.store.getState().tour !== null) tour.end();
      else if (workspace.store.getState().full !== null) workspace.toggleFull();
      else if (hasTokens(selection.store.getState())) selection.setTokens({ query: null, key: null });
      else selection.setPrimary(null);
    },
  };
}

function hasTokens({ query, key }: { readonly query: number | null; readonly key: number | null }): boolean {
  return query !== null || key !== null;
}

function headKeys({ selection, workspace, measures }: Workbench, shape: HeadShape | null): Answers {
  const step = (by: number) => {
    const measure = measures.find(workspace.store.getState().measure ?? '');
    const next = measure === null ? null : headAfter(measure, selection.store.getState().primary, by);
    if (next !== null) selection.setPrimary(next);
  };
  const ranks: Answers = { previousHead: () => step(-1), nextHead: () => step(1), pin: selection.togglePin };
  if (shape === null) return ranks;
  return {
    ...ranks,
    invert: () => selection.invert(shape),
    layer: () => {
      const { primary } = selection.store.getState();
      if (primary !== null) selection.toggleLayer(primary.layer, shape);
    },
  };
}

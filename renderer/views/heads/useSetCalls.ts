/** Saving and deleting sets of heads; what goes wrong is shown in a dialog. */
import type { RequestOf } from '../../../engine/results/contract.ts';
import type { HeadSet } from '../../../engine/results/workbench.ts';
import { attempt } from '../../api/attempt.ts';
import { useWorkbench } from '../../api/workbench.ts';

/** Each calls `onDone` once it is done, and not where it went wrong. */
export interface SetCalls {
  readonly save: (set: HeadSet, onDone: () => void) => void;
  readonly remove: (name: string, onDone: () => void) => void;
  /** The same heads under another name or with another note: saved first, so that nothing can be lost. */
  readonly change: (set: HeadSet, change: Pick<HeadSet, 'name' | 'note'>, onDone: () => void) => void;
}

export function useSetCalls(): SetCalls {
  const workbench = useWorkbench();
  const call = (requests: readonly RequestOf<'headSet'>[], onDone: () => void) =>
    attempt(workbench, async () => {
      for (const request of requests) await workbench.client.headSet(request);
      onDone();
    });
  return {
    save: (set, onDone) => call([{ action: 'save', set }], onDone),
    remove: (name, onDone) => call([{ action: 'delete', name }], onDone),
    change: (set, { name, note }, onDone) => {
      const old = name === set.name ? [] : [{ action: 'delete', name: set.name } as const];
      call([{ action: 'save', set: { ...set, name, note } }, ...old], onDone);
    },
  };
}

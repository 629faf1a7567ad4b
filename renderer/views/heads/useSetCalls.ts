/** Saving and deleting sets of heads; what goes wrong is shown in a dialog. */
import type { RequestOf } from '../../../engine/results/contract.ts';
import type { HeadSet } from '../../../engine/results/workbench.ts';
import { useWorkbench } from '../../api/workbench.ts';

export interface SetCalls {
  /** Resolves to whether it was done. */
  readonly save: (set: HeadSet) => Promise<boolean>;
  readonly remove: (name: string) => Promise<boolean>;
  /** The same heads under another name or with another note: saved first, so that nothing can be lost. */
  readonly change: (set: HeadSet, change: Partial<Pick<HeadSet, 'name' | 'note'>>) => Promise<boolean>;
}

export function useSetCalls(): SetCalls {
  const { client, dialogs } = useWorkbench();
  const call = async (request: RequestOf<'headSet'>) => {
    try {
      await client.headSet(request);
      return true;
    } catch (error) {
      dialogs.show({ kind: 'error', error: error instanceof Error ? error : new Error(String(error)) });
      return false;
    }
  };
  const save = (set: HeadSet) => call({ action: 'save', set });
  const remove = (name: string) => call({ action: 'delete', name });
  return {
    save,
    remove,
    change: async (set, change) => {
      const next = { ...set, ...change };
      return (await save(next)) && (next.name === set.name || (await remove(set.name)));
    },
  };
}

/** Does what the user asked for, and says in a dialog what went wrong; that it was cancelled is known already. */
import { isAbort } from '../../engine/results/errors.ts';
import type { Workbench } from './workbench.ts';

export function attempt({ dialogs }: Pick<Workbench, 'dialogs'>, action: () => void | Promise<void>): void {
  Promise.resolve()
    .then(action)
    .catch((reason: unknown) => {
      if (isAbort(reason)) return;
      dialogs.show({ kind: 'error', error: reason instanceof Error ? reason : new Error(String(reason)) });
    });
}

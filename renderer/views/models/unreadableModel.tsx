/** What is wrong with a path that was given: the engine's own words, and what can be done about it. */
import type { ReactElement } from 'react';
import { Fault } from '../../../engine/terms/fault.ts';
import { attempt } from '../../api/attempt.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button } from '../../parts/button.tsx';
import { ErrorState } from '../../parts/states.tsx';
import { addFolder } from './addFolder.ts';
import { folderOf } from './folderOf.ts';
import { refreshLibrary } from './refreshLibrary.ts';

export function UnreadableModel({ path, error }: { readonly path: string; readonly error: Error }): ReactElement {
  const workbench = useWorkbench();
  const isOutside = error instanceof Fault && error.parts.what.startsWith('outside the folders');
  const retry = () => attempt(workbench, () => refreshLibrary(workbench));
  const folder = folderOf(path);
  return (
    <ErrorState
      error={error}
      onRetry={retry}
      advice={
        isOutside ? (
          <>
            <p className="models-advice">
              A page in a browser may open models from listed folders only. List the folder, and its models appear
              above.
            </p>
            <Button icon="folder" onClick={() => attempt(workbench, () => addFolder(workbench, folder))}>
              {`List ${folder}`}
            </Button>
          </>
        ) : (
          'Nothing was loaded, and the model in memory stays. Change what is named above, or choose another file.'
        )
      }
    />
  );
}

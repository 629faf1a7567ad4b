/** Above the list: runs that wait to be gone on with, folders that hold none, what was just done. */
import type { ReactElement } from 'react';
import type { ResultOf } from '../../../engine/results/contract.ts';
import type { RunSummary } from '../../../engine/results/runs.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { Button, IconButton } from '../../parts/button.tsx';
import { Icon } from '../../parts/icon.tsx';
import { resumeAll } from './runActions.ts';
import { useChangeRuns, useRunsSettings } from './runsSettings.ts';

interface RunNotesProps {
  readonly runs: readonly RunSummary[];
  readonly problems: ResultOf<'runs'>['problems'];
}

export function RunNotes({ runs, problems }: RunNotesProps): ReactElement {
  const isBin = useRunsSettings((settings) => settings.isBin);
  return (
    <>
      <Said />
      {!isBin && <Interrupted runs={runs.filter(({ state }) => state === 'interrupted')} />}
      {problems.length > 0 && <Problems problems={problems} />}
    </>
  );
}

function Said(): ReactElement {
  const said = useRunsSettings((settings) => settings.said);
  const change = useChangeRuns();
  // There from the start, so that what comes into it is spoken.
  return (
    <div role="status" className="runs-note" hidden={said === null}>
      {said !== null && (
        <>
          <span>{said}</span>
          <IconButton icon="close" label="Dismiss" onClick={() => change({ said: null })} />
        </>
      )}
    </div>
  );
}

function Interrupted({ runs }: { readonly runs: readonly RunSummary[] }): ReactElement | null {
  const workbench = useWorkbench();
  if (runs.length === 0) return null;
  return (
    <div className="runs-note runs-warn">
      <span>
        {runs.length === 1
          ? 'One run was interrupted: the engine ended while it went on. Its rows are kept.'
          : `${runs.length} runs were interrupted: the engine ended while they went on. Their rows are kept.`}
      </span>
      <Button onClick={() => resumeAll(workbench, runs)}>{runs.length === 1 ? 'Resume' : 'Resume all'}</Button>
    </div>
  );
}

function Problems({ problems }: Pick<RunNotesProps, 'problems'>): ReactElement {
  const words =
    problems.length === 1 ? 'One folder holds no readable run' : `${problems.length} folders hold no readable run`;
  return (
    <details className="runs-problems">
      <summary>
        <Icon name="warning" size={12} />
        {words}
      </summary>
      <ul>
        {problems.map(({ folder, reason }) => (
          <li key={folder}>
            <code>{folder}</code>
            <span>{reason}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

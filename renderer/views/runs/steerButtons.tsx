/** Pause, resume and cancel, as far as they can be done with a run in its state. */
import type { ReactElement } from 'react';
import type { RunSummary } from '../../../engine/results/runs.ts';
import { steerJob } from '../../api/jobs.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { useIsOurs } from './useIsOurs.ts';
import { Button, IconButton } from '../../parts/button.tsx';
import type { IconName } from '../../parts/icon.tsx';
import { actionsOf } from '../../shell/jobStates.ts';

type Action = ReturnType<typeof actionsOf>[number];

const titles: Readonly<Record<Action, string>> = { pause: 'Pause', resume: 'Resume', cancel: 'Cancel' };
const icons: Readonly<Record<Action, IconName>> = { pause: 'pause', resume: 'resume', cancel: 'stop' };

interface SteerButtonsProps {
  readonly run: RunSummary;
  /** Without words, for a row of the table: the same is offered with words beside it, so the tab key passes over it. */
  readonly isSmall?: boolean;
}

/** Nothing for a run that another process is at work on. */
export function SteerButtons({ run, isSmall = false }: SteerButtonsProps): ReactElement | null {
  const workbench = useWorkbench();
  const isOurs = useIsOurs(run);
  if (!isOurs) return null;
  return (
    <>
      {actionsOf(run.state).map((action) => {
        const act = () => steerJob(workbench, run.id, action);
        if (!isSmall) {
          return (
            <Button key={action} icon={icons[action]} onClick={act}>
              {titles[action]}
            </Button>
          );
        }
        const label = `${titles[action]} ${run.title}`;
        return <IconButton key={action} icon={icons[action]} label={label} tabIndex={-1} onClick={act} />;
      })}
    </>
  );
}

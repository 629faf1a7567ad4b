/** Says that the engine is away, and that it is tried again. */
import type { ReactElement } from 'react';
import { useLink } from '../api/hooks.ts';
import { useWorkbench } from '../api/workbench.ts';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';

export function ConnectionBanner(): ReactElement | null {
  const link = useLink();
  const { connection } = useWorkbench();
  if (link.kind === 'open' || link.kind === 'connecting') return null;
  const outlook =
    link.kind === 'waiting'
      ? 'Trying again; what is on screen stays, and runs go on where they were.'
      : 'Open the window anew with the address that the engine printed.';
  return (
    <div className="banner" role="alert">
      <Icon name="warning" />
      <span>{`No connection to the engine: ${link.reason}. ${outlook}`}</span>
      <Button onClick={connection.retry}>Try now</Button>
    </div>
  );
}

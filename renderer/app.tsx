/** The whole window around one workbench. */
import { QueryClientProvider } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { Workbench } from './api/workbench.ts';
import { WorkbenchContext } from './api/workbench.ts';
import { TooltipProvider } from './parts/tooltip.tsx';
import { Shell } from './shell/shell.tsx';

export function App({ workbench }: { readonly workbench: Workbench }): ReactElement {
  return (
    <WorkbenchContext value={workbench}>
      <QueryClientProvider client={workbench.queries}>
        <TooltipProvider>
          <Shell />
        </TooltipProvider>
      </QueryClientProvider>
    </WorkbenchContext>
  );
}

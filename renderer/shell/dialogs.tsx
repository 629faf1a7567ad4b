/** The dialog that is open, if any. */
import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import { useWorkbench } from '../api/workbench.ts';
import { Dialog } from '../parts/dialog.tsx';
import { ErrorState } from '../parts/states.tsx';
import { ExportRunDialog } from './exportRunDialog.tsx';
import { HelpDialog } from './helpDialog.tsx';
import { ImportScoresDialog } from './importScoresDialog.tsx';
import { OpenModelDialog } from './openModelDialog.tsx';
import { Palette } from './palette.tsx';
import { SaveSetDialog } from './saveSetDialog.tsx';
import { ShortcutDrawer } from './shortcutDrawer.tsx';

export function Dialogs(): ReactElement | null {
  const { dialogs } = useWorkbench();
  const dialog = useStore(dialogs.store);
  switch (dialog.kind) {
    case 'none':
      return null;
    case 'palette':
      return <Palette page={dialog.page} />;
    case 'shortcuts':
      return <ShortcutDrawer />;
    case 'help':
      return <HelpDialog />;
    case 'saveSet':
      return <SaveSetDialog />;
    case 'openModel':
      return <OpenModelDialog path={dialog.path} weights={dialog.weights ?? 'auto'} />;
    case 'importScores':
      return <ImportScoresDialog source={dialog.source} />;
    case 'exportRun':
      return <ExportRunDialog key={dialog.run} run={dialog.run} title={dialog.title} />;
    case 'error':
      return (
        <Dialog isOpen title="That did not work" onClose={dialogs.close}>
          <ErrorState error={dialog.error} />
        </Dialog>
      );
  }
}

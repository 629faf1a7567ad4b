/** Shows the first measure of a run that was started here, once it has one; unless another was chosen since. */
import { useEffect } from 'react';
import { useHeadMeasures } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { useChangeSettings, useHeadsSettings } from './headsSettings.ts';

export function useAwaitedRun(): void {
  const { workspace } = useWorkbench();
  const list = useHeadMeasures();
  const awaited = useHeadsSettings((settings) => settings.awaited);
  const change = useChangeSettings();
  const first = awaited === null ? undefined : list.find(({ run }) => run === awaited.run)?.id;
  useEffect(() => {
    if (awaited === null || first === undefined) return;
    if (workspace.store.getState().measure === awaited.insteadOf) workspace.set({ measure: first });
    change({ awaited: null });
  }, [awaited, first, workspace, change]);
}

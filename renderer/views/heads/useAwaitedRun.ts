/** Shows the first measure of a run that was started here, once it has one; unless the user has chosen another since. */
import { useEffect } from 'react';
import { useHeadMeasures, useWorkspace } from '../../api/hooks.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { useChangeSettings, useHeadsSettings } from './headsSettings.ts';

export function useAwaitedRun(): void {
  const { workspace } = useWorkbench();
  const list = useHeadMeasures();
  const awaited = useHeadsSettings((settings) => settings.awaited);
  const measure = useWorkspace((state) => state.measure);
  const change = useChangeSettings();
  const first = awaited === null ? undefined : list.find(({ run }) => run === awaited)?.id;
  useEffect(() => {
    if (first === undefined) return;
    workspace.set({ measure: first });
    change({ awaited: null });
  }, [first, workspace, change]);
  useEffect(() => () => change({ awaited: null }), [measure, change]);
}

/** The keys that this place answers besides those of the window: rank, difference, ablate the set. */
import { useShortcut } from '../../api/useShortcut.ts';
import { useWorkbench } from '../../api/workbench.ts';
import { paintSettings } from '../ablate/paintSettings.ts';
import { useChangeSettings } from './headsSettings.ts';

export function useHeadsShortcuts(): void {
  const workbench = useWorkbench();
  const { selection, workspace } = workbench;
  const change = useChangeSettings();
  useShortcut('rank', () => change({ tab: 'table' }));
  useShortcut('diff', () => change({ tab: 'difference' }));
  useShortcut('ablate', () => {
    const { set, primary } = selection.store.getState();
    if (set.length === 0 && primary !== null) selection.setSet([primary]);
    paintSettings(workbench).setState({ face: 'paint' });
    workspace.goTo('ablate');
  });
}

/** Answers a shortcut while the component is there: for its pane inside one, else for the window. */
import { useEffect, useEffectEvent } from 'react';
import { useWorkbench } from '../api/workbench.ts';
import { usePane } from '../parts/paneContext.ts';
import type { ShortcutId } from '../state/shortcuts.ts';

export function useShortcut(id: ShortcutId, handler: () => void): void {
  const { shortcuts } = useWorkbench();
  const pane = usePane()?.index ?? null;
  const latest = useEffectEvent(handler);
  useEffect(() => shortcuts.register(id, () => latest(), pane), [shortcuts, id, pane]);
}

/** Answers a shortcut while the component is there: for its pane inside one, else for the window. */
import { useEffect, useEffectEvent } from 'react';
import { usePane } from '../parts/paneContext.ts';
import type { ShortcutId } from '../state/shortcuts.ts';
import { useWorkbench } from './workbench.ts';

/** Null where there is nothing to be done at present: somebody else may answer then. */
export function useShortcut(id: ShortcutId, handler: (() => void) | null): void {
  const { shortcuts } = useWorkbench();
  const pane = usePane()?.index ?? null;
  const latest = useEffectEvent(() => handler?.());
  const isOn = handler !== null;
  useEffect(() => (isOn ? shortcuts.register(id, () => latest(), pane) : undefined), [shortcuts, id, pane, isOn]);
}

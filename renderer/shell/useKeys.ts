/** Key presses of the window, to shortcuts, to whoever answers them. */
import { useEffect } from 'react';
import { useWorkbench } from '../api/workbench.ts';
import { shortcutFor } from '../state/shortcuts.ts';

export function useKeys(): void {
  const { shortcuts, workspace } = useWorkbench();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const id = shortcutFor(event, takesLetters(event.target));
      if (id === null) return;
      if (shortcuts.run(id, workspace.store.getState().focused)) event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [shortcuts, workspace]);
}

/** Is text typed there, or a list searched by letters? Lists of prompts and tokens are not: keys are shortcuts in them. */
function takesLetters(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest('[role=dialog], [role=menu], .select-list, [role=combobox]') !== null)
    return true;
  return target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && target.type !== 'checkbox');
}

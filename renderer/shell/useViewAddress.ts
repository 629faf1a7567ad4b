/** The view in the address of the page: read once at the start, written after each change. */
import { useEffect } from 'react';
import type { Workbench } from '../api/workbench.ts';
import { useWorkbench } from '../api/workbench.ts';
import { currentView, showView, viewFromHash, viewToHash } from '../state/viewState.ts';

/** Milliseconds of quiet before the address is written: browsers limit how often it may be. */
const QUIET = 300;

export function useViewAddress(): void {
  const workbench = useWorkbench();
  useEffect(() => {
    readAddress(workbench);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const write = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const hash = viewToHash(currentView(workbench.workspace, workbench.selection));
        history.replaceState(null, '', `#${hash}`);
      }, QUIET);
    };
    // A link that is put into the address of this very page.
    const read = () => readAddress(workbench);
    window.addEventListener('hashchange', read);
    const stops = [workbench.workspace.store.subscribe(write), workbench.selection.store.subscribe(write)];
    return () => {
      clearTimeout(timer);
      window.removeEventListener('hashchange', read);
      stops.forEach((stop) => stop());
    };
  }, [workbench]);
}

function readAddress({ workspace, selection, dialogs, undo }: Workbench): void {
  try {
    const view = viewFromHash(location.hash);
    if (view === null) return;
    showView(view, workspace, selection);
    undo.clear();
  } catch (error) {
    dialogs.show({ kind: 'error', error: error as Error });
  }
}

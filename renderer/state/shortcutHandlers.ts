/** Who does what a shortcut asks for: the focused pane first, then the window as a whole, then any other pane. */
import type { ShortcutId } from './shortcuts.ts';

type Handler = () => void;

export interface ShortcutHandlers {
  /** `pane` is the index of the pane whose view handles it, null for the window. Returns the way to take it back. */
  readonly register: (id: ShortcutId, handler: Handler, pane: number | null) => () => void;
  /** Was there somebody to do it? */
  readonly run: (id: ShortcutId, focused: number) => boolean;
  readonly has: (id: ShortcutId) => boolean;
}

export function createShortcutHandlers(): ShortcutHandlers {
  let entries: readonly { readonly id: ShortcutId; readonly handler: Handler; readonly pane: number | null }[] = [];
  return {
    register: (id, handler, pane) => {
      const entry = { id, handler, pane };
      entries = [...entries, entry];
      return () => {
        entries = entries.filter((other) => other !== entry);
      };
    },
    run: (id, focused) => {
      const fitting = entries.filter((entry) => entry.id === id);
      const chosen =
        fitting.findLast(({ pane }) => pane === focused) ??
        fitting.findLast(({ pane }) => pane === null) ??
        fitting.at(-1);
      chosen?.handler();
      return chosen !== undefined;
    },
    has: (id) => entries.some((entry) => entry.id === id),
  };
}

/**
 * Hover, outside React: who points at what is written here and marks repaint their overlay from it, so a moving mouse
 * renders no component. One highlight may be shared by any number of marks.
 */

/** What a mark reads: the index that is pointed at, in that mark's own numbering. */
export interface Highlight {
  readonly get: () => number | null;
  /** Calls back after each change; returns the way to stop. */
  readonly subscribe: (listener: () => void) => () => void;
}

export interface WritableHighlight extends Highlight {
  readonly set: (index: number | null) => void;
}

export function createHighlight(): WritableHighlight {
  const listeners = new Set<() => void>();
  let current: number | null = null;
  return {
    get: () => current,
    set: (index) => {
      if (index === current) return;
      current = index;
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

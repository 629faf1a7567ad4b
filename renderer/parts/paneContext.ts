/** The pane that a panel stands in, and what can be done with it. */
import { createContext, useContext } from 'react';

export interface Pane {
  readonly index: number;
  readonly isFocused: boolean;
  readonly isFull: boolean;
  readonly toggleFull: () => void;
  /** Null where there is no room for one more. */
  readonly split: (() => void) | null;
  /** Null for the only pane. */
  readonly close: (() => void) | null;
}

export const PaneContext = createContext<Pane | null>(null);

/** Null outside of a pane: in the inspector, in a dialog. */
export function usePane(): Pane | null {
  return useContext(PaneContext);
}

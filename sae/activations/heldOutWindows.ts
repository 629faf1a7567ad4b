/** The last windows are kept apart: what is measured on was not trained on. */
import { Fault } from '../../engine/terms/fault.ts';
import { rowTokens } from './siteRows.ts';

type Windows = readonly (readonly number[])[];

export interface HeldOut {
  /** Rows to hold out, tokens of a window that give none, and rows a token. */
  readonly rows: number;
  readonly skip: number;
  readonly perToken: number;
}

/** As few of the last windows as have the rows. Throws Fault where none is left to train on. */
export function heldOutWindows(
  windows: Windows,
  { rows, skip, perToken }: HeldOut,
): { readonly training: Windows; readonly heldOut: Windows } {
  let [from, found] = [windows.length, 0];
  while (from > 0 && found < rows) found += rowTokens(windows[--from] ?? [], skip) * perToken;
  if (from > 0 && found >= rows) return { training: windows.slice(0, from), heldOut: windows.slice(from) };
  const got = `${found} rows in ${windows.length} windows`;
  throw new Fault({ what: 'too little text', expected: `more than the ${rows} rows that are held out`, got });
}

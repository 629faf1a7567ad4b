import type { ReactElement } from 'react';
import type { Token } from './token.ts';

export interface TokenTextProps {
  readonly tokens: readonly Token[];
  /** The weights of a query over all keys, and of all queries on a key; null while they are fetched. */
  readonly out: (token: number) => Float32Array | null;
  readonly into: (token: number) => Float32Array | null;
  /** Shown while the pointer is elsewhere. */
  readonly token?: number | null;
  readonly onHover?: (token: number | null) => void;
  readonly onToken?: (token: number) => void;
  /** Calls back when fetched weights have come. */
  readonly subscribe?: (listener: () => void) => () => void;
  readonly label: string;
}

export function TokenText({ label }: TokenTextProps): ReactElement {
  return <figure aria-label={label} />;
}

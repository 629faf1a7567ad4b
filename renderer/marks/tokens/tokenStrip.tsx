import type { ReactElement } from 'react';
import type { ColourScale } from '../colour.ts';
import type { Highlight } from '../highlight.ts';
import type { Token } from './token.ts';

export interface TokenStripProps {
  readonly tokens: readonly Token[];
  /** [tokens], coloured on `scale`; NaN is hatched. */
  readonly values?: Float32Array;
  readonly scale?: ColourScale;
  readonly measure?: string;
  /** From (included) to (excluded). */
  readonly selected?: readonly [from: number, to: number] | null;
  readonly primary?: number | null;
  readonly highlight?: Highlight;
  readonly onHover?: (token: number | null) => void;
  /** A click, or a drag over several. */
  readonly onSelect?: (from: number, to: number) => void;
  /** Shows ids below the tokens. */
  readonly ids?: boolean;
  /** Height in pixels beyond which the strip scrolls; needed to show a part only of more than 2,000 tokens. Default 320. */
  readonly maxHeight?: number;
  readonly label: string;
}

export function TokenStrip({ label }: TokenStripProps): ReactElement {
  return <figure aria-label={label} />;
}

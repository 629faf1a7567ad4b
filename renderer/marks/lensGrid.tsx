import type { ReactElement, Ref } from 'react';
import type { Highlight } from './highlight.ts';
import type { Picture, Size } from './picture.ts';
import type { Token } from './tokens/token.ts';

export interface LensGridProps extends Size {
  /** One a row, first on top: -1 is the embedding. */
  readonly layers: readonly number[];
  /** The prompt's tokens, one a column. */
  readonly tokens: readonly Token[];
  /** [layers * tokens], the most likely next token. */
  readonly texts: readonly string[];
  /** [layers * tokens]; NaN is not there yet. */
  readonly probabilities: Float32Array;
  readonly measure: string;
  readonly primary?: number | null;
  readonly highlight?: Highlight;
  /** `row * tokens + column`. */
  readonly onHover?: (cell: number | null) => void;
  readonly onPrimary?: (cell: number) => void;
  readonly label: string;
  readonly ref?: Ref<Picture>;
}

export function LensGrid({ label }: LensGridProps): ReactElement {
  return <figure aria-label={label} />;
}

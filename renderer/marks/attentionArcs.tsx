import type { ReactElement, Ref } from 'react';
import type { Picture, Size } from './picture.ts';
import type { Token } from './tokens/token.ts';

export interface AttentionArcsProps extends Size {
  /** At most 64. */
  readonly tokens: readonly Token[];
  /** [tokens * tokens], queries by keys. */
  readonly values: Float32Array;
  /** Weaker arcs are not drawn. Default 0.05. */
  readonly threshold?: number;
  /** Only the arcs of this token, out of it and into it. */
  readonly token?: number | null;
  readonly onHover?: (token: number | null) => void;
  readonly onToken?: (token: number) => void;
  readonly label: string;
  readonly ref?: Ref<Picture>;
}

export function AttentionArcs({ label }: AttentionArcsProps): ReactElement {
  return <figure aria-label={label} />;
}

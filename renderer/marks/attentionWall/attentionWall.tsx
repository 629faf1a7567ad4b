import type { ReactElement, Ref } from 'react';
import type { HeadShape } from '../headShape.ts';
import type { Highlight } from '../highlight.ts';
import type { Picture, Size } from '../picture.ts';

/** Thumbnails of all heads in one array: head `layer * heads + head` at its place, [cells, cells] each, row-major. */
export interface WallAtlas {
  readonly cells: number;
  /** [layers * heads * cells * cells], 255 is the head's largest value. */
  readonly data: Uint8Array;
  /** [layers * heads], 1 where the thumbnail is there. */
  readonly ready: Uint8Array;
  /** Grows with each change of the arrays, which are written in place. */
  readonly version: number;
}

export interface AttentionWallProps extends Size {
  readonly shape: HeadShape;
  readonly atlas: WallAtlas;
  /** 1 shows values as they are; below 1 lifts the weak ones. Default 0.5. */
  readonly gamma?: number;
  readonly set?: ReadonlySet<number>;
  readonly primary?: number | null;
  readonly pinned?: number | null;
  readonly highlight?: Highlight;
  readonly onHover?: (index: number | null) => void;
  readonly onPrimary?: (index: number) => void;
  readonly onToggle?: (index: number) => void;
  readonly label: string;
  readonly ref?: Ref<Picture>;
}

export function AttentionWall({ label }: AttentionWallProps): ReactElement {
  return <figure aria-label={label} />;
}

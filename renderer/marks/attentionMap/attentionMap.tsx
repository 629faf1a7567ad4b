import type { ReactElement, Ref } from 'react';
import type { ColourScale } from '../colour.ts';
import type { Highlight } from '../highlight.ts';
import type { Picture, Size } from '../picture.ts';
import type { Token } from '../tokens/token.ts';

/** Cells [from, to) on both axes at 2^level tokens a cell. */
export interface MapWindow {
  readonly level: number;
  /** In tokens, a multiple of the cells' size. */
  readonly queries: readonly [from: number, to: number];
  readonly keys: readonly [from: number, to: number];
}

/** Where a map's values come from. `read` answers at once, from what is held; null is pending, and `subscribe` tells of news. */
export interface MapSource {
  /** [rows, columns] of cells, row-major, each cell the largest (or mean) value in it; NaN is unknown. */
  readonly read: (window: MapWindow) => Float32Array | null;
  readonly subscribe: (listener: () => void) => () => void;
}

export interface AttentionMapProps extends Size {
  readonly tokens: readonly Token[];
  readonly source: MapSource;
  /** Sequential for a pattern, signed for a difference. */
  readonly scale: ColourScale;
  /** What a value is, for the legend and the spoken summary: `pattern`. */
  readonly measure: string;
  /** Logarithmic colours over four decades below the top of a sequential scale. */
  readonly log?: boolean;
  /** Values nearer to zero are not drawn. */
  readonly threshold?: number;
  /** The first key is not drawn: the sink hides the rest. */
  readonly skipFirst?: boolean;
  /** Index of the query whose row is boxed. */
  readonly row?: number | null;
  /** Cell `query * tokens + key` that is pointed at. */
  readonly highlight?: Highlight;
  readonly onHover?: (cell: number | null) => void;
  readonly onRow?: (query: number) => void;
  readonly label: string;
  readonly ref?: Ref<Picture>;
}

export function AttentionMap({ label }: AttentionMapProps): ReactElement {
  return <figure aria-label={label} />;
}

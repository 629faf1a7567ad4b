import type { ReactElement, Ref } from 'react';
import type { ColourScale } from '../colour.ts';
import type { HeadShape } from '../headShape.ts';
import type { Highlight } from '../highlight.ts';
import type { Picture, Size } from '../picture.ts';

/** Cells are numbered as in headShape.ts. Unknown values are NaN and hatched. */
export interface HeadMatrixProps extends Size {
  readonly shape: HeadShape;
  /** [layers * heads] */
  readonly values: Float32Array;
  readonly scale: ColourScale;
  /** What the values are, for the spoken summary: `induction`. */
  readonly measure: string;
  /** [layers * heads], 1 where a value stands out from chance: a dot. */
  readonly significant?: Uint8Array;
  /** How many of the strongest cells show their number, where it fits. Default 12. */
  readonly numbers?: number;
  /** A row of MLPs, a row of whole layers: [layers] values, or null to offer the cells without any. */
  readonly mlp?: Float32Array | null;
  readonly layer?: Float32Array | null;
  readonly set?: ReadonlySet<number>;
  readonly primary?: number | null;
  readonly pinned?: number | null;
  /** Cells outside are dimmed (a search, a fold of quiet layers). */
  readonly lit?: ReadonlySet<number> | null;
  readonly highlight?: Highlight;
  readonly onHover?: (index: number | null) => void;
  /** Cells that the pointer enters while it is down, from the first on. */
  readonly onPaint?: (index: number, phase: PaintPhase) => void;
  /** Enter, or a click without a drag. */
  readonly onPrimary?: (index: number) => void;
  /** Space, or Ctrl+click. */
  readonly onToggle?: (index: number) => void;
  /** Shift with an arrow or a click: everything from the first to the second, as a rectangle. */
  readonly onExtend?: (from: number, to: number) => void;
  /** Any other key while a cell has the focus; return true when it was used. */
  readonly onKey?: (event: KeyboardEvent, index: number) => boolean;
  readonly label: string;
  readonly ref?: Ref<Picture>;
}

export type PaintPhase = 'start' | 'enter' | 'end';

export function HeadMatrix({ label }: HeadMatrixProps): ReactElement {
  return <figure aria-label={label} />;
}

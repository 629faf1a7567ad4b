import type { ReactElement, Ref } from 'react';
import type { Highlight } from '../highlight.ts';
import type { Picture, Size } from '../picture.ts';

export interface ScatterAxis {
  /** With its unit: `AtP estimate, Δ logit difference`. */
  readonly title: string;
  /** [points]; NaN leaves the point out. */
  readonly values: Float32Array;
}

export interface ScatterProps extends Size {
  readonly x: ScatterAxis;
  readonly y: ScatterAxis;
  /** Name of a point, for labels and speech. */
  readonly name: (index: number) => string;
  /** Both axes get one range and the line y = x. */
  readonly diagonal?: boolean;
  /** How many of the points that lie far from the rest are named. Default 8. */
  readonly outliers?: number;
  readonly set?: ReadonlySet<number>;
  readonly primary?: number | null;
  readonly pinned?: number | null;
  readonly highlight?: Highlight;
  readonly onHover?: (index: number | null) => void;
  readonly onPrimary?: (index: number) => void;
  readonly onToggle?: (index: number) => void;
  /** A dragged rectangle: the points in it. */
  readonly onLasso?: (indices: readonly number[]) => void;
  readonly label: string;
  readonly ref?: Ref<Picture>;
}

export function Scatter({ label }: ScatterProps): ReactElement {
  return <figure aria-label={label} />;
}

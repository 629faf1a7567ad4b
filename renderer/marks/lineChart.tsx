import type { ReactElement, Ref } from 'react';
import type { Picture, Size } from './picture.ts';

export interface LineSeries {
  readonly name: string;
  /** Increasing; as long as `y`. NaN in `y` breaks the line. */
  readonly x: readonly number[] | Float32Array;
  readonly y: readonly number[] | Float32Array;
  /** Bounds of a band around the line. */
  readonly low?: readonly number[] | Float32Array;
  readonly high?: readonly number[] | Float32Array;
  /** A control: grey and dashed. */
  readonly control?: boolean;
}

export interface LineChartProps extends Size {
  readonly title: string;
  readonly series: readonly LineSeries[];
  readonly xTitle: string;
  readonly yTitle?: string;
  readonly xDomain?: readonly [low: number, high: number];
  readonly yDomain?: readonly [low: number, high: number];
  readonly log?: 'x' | 'y' | 'both';
  /** The line y = x of a curve of rates. */
  readonly diagonal?: boolean;
  /** Draws steps instead of slopes: an empirical curve. */
  readonly steps?: boolean;
  /** A vertical line, which can be dragged where `onMarker` is given. */
  readonly marker?: number | null;
  readonly onMarker?: (x: number) => void;
  /** Nearest position of the pointer on x, in data units. */
  readonly onHover?: (x: number | null) => void;
  readonly label: string;
  readonly ref?: Ref<Picture>;
}

export function LineChart({ label }: LineChartProps): ReactElement {
  return <figure aria-label={label} />;
}

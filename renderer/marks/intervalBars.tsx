import type { ReactElement, Ref } from 'react';
import type { Picture } from './picture.ts';

export interface IntervalBar {
  readonly name: string;
  /** NaN while unknown. */
  readonly value: number;
  /** Of the 95 % interval; null where there is none. */
  readonly low: number | null;
  readonly high: number | null;
  /** Stands beside for comparison, in grey: a random control. */
  readonly control?: boolean;
}

export interface IntervalBarsProps {
  readonly width: number;
  readonly bars: readonly IntervalBar[];
  /** Of all bars together; default from the data, always with 0. */
  readonly domain?: readonly [low: number, high: number];
  readonly signed?: boolean;
  readonly label: string;
  readonly ref?: Ref<Picture>;
}

export function IntervalBars({ label }: IntervalBarsProps): ReactElement {
  return <figure aria-label={label} />;
}

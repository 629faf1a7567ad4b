import type { ReactElement, Ref } from 'react';
import type { Picture, Size } from './picture.ts';

export interface HistogramProps extends Size {
  readonly values: ArrayLike<number>;
  readonly title: string;
  /** Default 30. */
  readonly bins?: number;
  readonly domain?: readonly [low: number, high: number];
  /** A line of its own, named: the threshold. */
  readonly line?: { readonly name: string; readonly value: number };
  readonly label: string;
  readonly ref?: Ref<Picture>;
}

export function Histogram({ label }: HistogramProps): ReactElement {
  return <figure aria-label={label} />;
}

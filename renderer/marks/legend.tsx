import type { ReactElement, Ref } from 'react';
import type { ColourScale } from './colour.ts';
import type { Picture } from './picture.ts';

export interface LegendProps {
  readonly scale: ColourScale;
  /** Of the values: `Δ logit difference`. */
  readonly title: string;
  /** In pixels of the bar. Default 120. */
  readonly width?: number;
  readonly log?: boolean;
  /** Says what hatching means. */
  readonly unknown?: boolean;
  /** Says what the dot means: `p < 0.05`. */
  readonly significant?: string;
  readonly ref?: Ref<Picture>;
}

export function Legend({ title }: LegendProps): ReactElement {
  return <figure aria-label={title} />;
}

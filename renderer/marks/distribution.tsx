import type { ReactElement, Ref } from 'react';
import type { Picture, Size } from './picture.ts';

export interface DistributionLine {
  readonly name: string;
  readonly value: number;
  /** `accent` for what the user chose, `ink` for what it is held against. */
  readonly tone: 'accent' | 'ink';
}

export interface DistributionProps extends Size {
  /** One dot each: a random set. */
  readonly values: readonly number[];
  readonly lines: readonly DistributionLine[];
  /** With its unit. */
  readonly title?: string;
  readonly domain?: readonly [low: number, high: number];
  readonly onHover?: (index: number | null) => void;
  readonly label: string;
  readonly ref?: Ref<Picture>;
}

export function Distribution({ label }: DistributionProps): ReactElement {
  return <figure aria-label={label} />;
}

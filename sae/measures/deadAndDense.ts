import { samplesOf } from '../codes.ts';
import type { Measure } from './measure.ts';
import { activeCounts } from './measure.ts';

export interface DeadAndDense {
  /** Features that were active on no row. */
  readonly dead: readonly number[];
  /** Features that were active on more than a tenth of the rows. */
  readonly dense: readonly number[];
  /** Rows that this was seen on. */
  readonly rows: number;
}

/** Share of rows above which a feature is dense. */
const denseShare = 0.1;

export const deadAndDense: Measure<DeadAndDense> = {
  id: 'deadAndDense',
  title: 'Dead and dense features',
  formula: 'dead: active on none of the rows; dense: active on more than 10 % of them',
  pitfall:
    'On n rows a feature of frequency 1 / n is often not seen: state n. Dense features may be what is always there, not a fault.',
  measure({ codes }) {
    const counts = activeCounts(codes);
    const rows = samplesOf(codes);
    const features = [...counts.keys()];
    return {
      dead: features.filter((feature) => counts[feature] === 0),
      dense: features.filter((feature) => (counts[feature] as number) > denseShare * rows),
      rows,
    };
  },
};

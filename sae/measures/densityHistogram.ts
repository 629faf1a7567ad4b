import { samplesOf } from '../codes.ts';
import type { Measure } from './measure.ts';
import { activeCounts } from './measure.ts';

export interface DensityHistogram {
  /** Lower ends of the bins, as powers of ten, in steps of a quarter; the last bin ends at 0. */
  readonly exponents: readonly number[];
  /** Features in each bin. */
  readonly counts: Uint32Array;
  /** Features that were never active, in no bin. */
  readonly never: number;
  /** [F] share of rows on which each feature is active. */
  readonly density: Float32Array;
}

const step = 0.25;

export const densityHistogram: Measure<DensityHistogram> = {
  id: 'densityHistogram',
  title: 'Density of features',
  formula: 'log10 of the share of rows on which a feature is active, over features',
  pitfall: 'The left end is where the rows end: 1 / n is the lowest density that n rows can show.',
  measure({ codes }) {
    const rows = samplesOf(codes);
    const density = Float32Array.from(activeCounts(codes), (count) => count / rows);
    const bins = Math.ceil(Math.log10(rows) / step - 1e-9);
    const counts = new Uint32Array(Math.max(1, bins));
    let never = 0;
    for (const share of density) {
      if (share === 0) never++;
      else {
        const bin = Math.min(counts.length - 1, Math.max(0, counts.length + Math.floor(Math.log10(share) / step)));
        counts[bin] = (counts[bin] as number) + 1;
      }
    }
    return { exponents: Array.from(counts, (_, i) => (i - counts.length) * step), counts, never, density };
  },
};

import { samplesOf } from '../codes.ts';
import type { Measure } from './measure.ts';

export interface ActiveFeatures {
  readonly mean: number;
  readonly deviation: number;
  readonly median: number;
  readonly max: number;
  /** [max + 1] samples with that many active features. */
  readonly histogram: Uint32Array;
}

export const activeFeatures: Measure<ActiveFeatures> = {
  id: 'activeFeatures',
  title: 'Active features of a sample (L0)',
  formula: 'number of features with a code that is not 0, of each sample',
  pitfall: 'A mean hides samples with hundreds of features beside many with none; tiny codes count like large ones.',
  measure({ codes }) {
    const samples = samplesOf(codes);
    const counts = Array.from(
      { length: samples },
      (_, b) => (codes.starts[b + 1] as number) - (codes.starts[b] as number),
    );
    const histogram = new Uint32Array(counts.reduce((most, count) => Math.max(most, count), 0) + 1);
    for (const count of counts) histogram[count] = (histogram[count] as number) + 1;
    const mean = counts.reduce((sum, count) => sum + count, 0) / samples;
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / samples;
    const sorted = counts.toSorted((a, b) => a - b);
    const middle = [sorted[Math.floor((samples - 1) / 2)] as number, sorted[Math.floor(samples / 2)] as number];
    return {
      mean,
      deviation: Math.sqrt(variance),
      median: ((middle[0] as number) + (middle[1] as number)) / 2,
      max: histogram.length - 1,
      histogram,
    };
  },
};

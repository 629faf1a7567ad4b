/**
 * The colour scale of a measure. Fixed where the measure has ends; else up to the next round number above the largest size
 * that is known, so that it changes seldom while numbers come.
 */
import type { ColourScale } from '../marks/colour.ts';
import type { HeadMeasure } from './measuresOfRun.ts';

export function scaleOf({ values, range, signed }: Pick<HeadMeasure, 'values' | 'range' | 'signed'>): ColourScale {
  if (range !== null) return { kind: 'sequential', low: range[0], high: range[1] };
  const largest = values.reduce((most, value) => (Math.abs(value) > most ? Math.abs(value) : most), 0);
  const end = roundUp(largest);
  return signed ? { kind: 'signed', limit: end } : { kind: 'sequential', low: 0, high: end };
}

/** The next of 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten; 1 for 0. */
export function roundUp(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8].find((factor) => factor * power >= value) ?? 10;
  return step * power;
}

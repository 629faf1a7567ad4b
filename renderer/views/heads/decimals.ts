/** Decimals for all numbers of a measure, so that they line up in a column: by its largest, three for shares. */
import { scaleOf } from '../../api/measureScale.ts';
import type { HeadMeasure } from '../../api/measuresOfRun.ts';
import { domainOf } from '../../marks/colour.ts';
import { decimalsFor } from '../../marks/format.ts';

export function decimalsOf(measure: Pick<HeadMeasure, 'values' | 'range' | 'signed' | 'unit'>): number {
  const [low, high] = domainOf(scaleOf(measure));
  const decimals = decimalsFor(Math.max(Math.abs(low), Math.abs(high)));
  return measure.unit === '' ? Math.max(3, decimals) : decimals;
}

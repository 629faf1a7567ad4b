/** The colour scale that ends where the numbers end, for a measure whose fixed scale is unlocked. */
import type { HeadMeasure } from '../../api/measuresOfRun.ts';
import { scaleOf } from '../../api/measureScale.ts';
import type { ColourScale } from '../../marks/colour.ts';

export function dataScaleOf(measure: Pick<HeadMeasure, 'values' | 'range' | 'signed'>): ColourScale {
  const known = measure.values.filter(Number.isFinite);
  if (known.length === 0) return scaleOf(measure);
  const [low, high] = known.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity]);
  if (measure.signed) return { kind: 'signed', limit: Math.max(Math.abs(low), Math.abs(high)) || 1 };
  return { kind: 'sequential', low, high };
}

/** As a text that is the same for equal scales, and back. */
export function scaleText(scale: ColourScale): string {
  return scale.kind === 'signed' ? `signed ${scale.limit}` : `sequential ${scale.low} ${scale.high}`;
}

export function readScale(text: string): ColourScale {
  const [kind, first, second] = text.split(' ');
  if (kind === 'signed') return { kind, limit: Number(first) };
  return { kind: 'sequential', low: Number(first), high: Number(second) };
}

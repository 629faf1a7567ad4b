/** The colours of a map. A pattern lies between 0 and 1 always; other scales end at a round number above what has come. */
import type { AttentionMeasure } from '../../../engine/results/attention.ts';
import { roundUp } from '../../api/measureScale.ts';
import type { ColourScale } from '../../marks/colour.ts';

/** Changes seldom while `largest` grows. */
function topOf(measure: AttentionMeasure, isDifference: boolean, largest: number): number {
  if (measure === 'pattern' && !isDifference) return 1;
  return measure === 'pattern' ? Math.min(1, roundUp(largest)) : roundUp(largest);
}

function of(isDifference: boolean, top: number): ColourScale {
  return isDifference ? { kind: 'signed', limit: top } : { kind: 'sequential', low: 0, high: top };
}

export const mapScale = { topOf, of };

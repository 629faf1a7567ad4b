/** How values of attention are called and written. */
import type { AttentionMeasure } from '../../../engine/results/attention.ts';
import { formatChange, formatFixed, formatNumber } from '../../marks/format.ts';

export const measureTitles: Readonly<Record<AttentionMeasure, string>> = {
  pattern: 'pattern',
  valueWeighted: 'value-weighted',
};

export const measureAbout: Readonly<Record<AttentionMeasure, string>> = {
  pattern: 'A_qk, the weight after softmax; a row sums to 1',
  valueWeighted: 'A_qk \u2016v_k W_O\u2016, the length of what the query takes from the key',
};

export function formatWeight(value: number, measure: AttentionMeasure, isDifference: boolean): string {
  if (isDifference) return formatChange(value, 3);
  return measure === 'pattern' ? formatFixed(value, 3) : formatNumber(value);
}

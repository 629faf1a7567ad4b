/** What numbers of this place are measured on, and how they are written. */
import type { ImportanceHeader } from '../../../engine/results/importance.ts';
import type { TextFacts } from '../../../engine/results/pruneCurve.ts';
import type { Summary } from '../../../engine/results/records.ts';
import { formatChange, formatFixed, formatNumber } from '../../marks/format.ts';

/** `stories, 2,048 tokens, seed 0; intervals over 24 documents` */
export function textWords({ calibration, samples }: Pick<ImportanceHeader, 'calibration' | 'samples'>): string {
  const { dataset, tokens, seed } = calibration;
  return `${dataset}, ${formatNumber(tokens)} tokens, seed ${seed}; intervals over ${formatNumber(samples.list.length)} ${samples.unit}s`;
}

export function curveTextWords({ source, tokens, samples }: TextFacts): string {
  return `${source}, ${formatNumber(tokens)} tokens; 95 % intervals over ${formatNumber(samples.n)} ${samples.of}s; grey: from the least to the most of the random plans`;
}

/** `+0.130 [0.112, 0.151]`; without an interval where there is one sample. */
export function changeWords({ mean, interval: [low, high], n }: Summary, decimals: number): string {
  const text = formatChange(mean, decimals);
  return n < 2 || Number.isNaN(low) ? text : `${text} [${formatFixed(low, decimals)}, ${formatFixed(high, decimals)}]`;
}

export function valueWords({ mean, interval: [low, high], n }: Summary, decimals: number): string {
  const text = formatFixed(mean, decimals);
  return n < 2 ? text : `${text} [${formatFixed(low, decimals)}, ${formatFixed(high, decimals)}]`;
}

/** `134,515,008`: counts of weights to the last one. */
export function wholeWords(count: number): string {
  return count.toLocaleString('en-US');
}

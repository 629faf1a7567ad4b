/** What runs of needles and their numbers are called. */
import type { PlannedRun } from '../../../engine/results/retrieve.ts';
import { formatFixed, formatNumber } from '../../marks/format.ts';

/** `swans, 512 tokens, 33 %`; of a prepared run its id. */
export function runWords({ id, needle, length, depth, tokens }: PlannedRun): string {
  if (needle === null || length === null || depth === null) return `${id}, ${formatNumber(tokens)} tokens`;
  return `${needle}, ${formatNumber(length)} tokens, ${formatNumber(depth)} %`;
}

/** `0.42 [0.31, 0.55]`; a dash where unknown. */
export function withInterval(value: number, low: number, high: number, decimals = 2): string {
  if (Number.isNaN(value)) return '–';
  if (Number.isNaN(low)) return formatFixed(value, decimals);
  return `${formatFixed(value, decimals)} [${formatFixed(low, decimals)}, ${formatFixed(high, decimals)}]`;
}

export function percentWords(share: number): string {
  return Number.isNaN(share) ? '–' : `${formatFixed(100 * share, 0)} %`;
}

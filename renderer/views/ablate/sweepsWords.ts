/** What sweeps, their numbers and their states are called. */
import type { MeasuredHeader } from '../../../engine/results/measured.ts';
import type { RunState, RunSummary } from '../../../engine/results/runs.ts';
import type { Baseline } from '../../../engine/results/taskReport.ts';
import { measures } from '../../../engine/terms/measures.ts';
import {
  decimalsFor,
  formatDuration,
  formatFixed,
  formatHalfWidth,
  formatNumber,
  formatRate,
} from '../../marks/format.ts';
import type { AblationKind, PromptsChoice } from '../../state/workspace.ts';
import { promptsName } from '../../api/jobs.ts';
import type { SweepKind } from './sweepsSettings.ts';
import type { Estimate } from './sweepsRows.ts';

export const kindTitles: Readonly<Record<SweepKind, string>> = {
  head: 'Every head',
  'kv-group': 'Every KV group',
  layer: 'Every layer',
  mlp: 'Every MLP',
  pairs: 'Pairs of the set',
  greedy: 'Greedy growth',
  list: 'Saved sets',
};

export const ablationTitles: Readonly<Record<AblationKind, string>> = {
  zero: 'zero',
  mean: 'mean',
  resample: 'resample',
  scale: 'scale',
  uniform: 'uniform attention',
};

export const unitWords: Readonly<Record<SweepKind, string>> = {
  head: 'heads',
  'kv-group': 'KV groups',
  layer: 'layers',
  mlp: 'MLPs',
  pairs: 'heads and pairs',
  greedy: 'sets',
  list: 'sets',
};

/** `ioi, n 64, seed 0`; of a file its name. */
export function promptsWords(prompts: PromptsChoice): string {
  if (prompts.kind === 'file') return promptsName(prompts);
  return `${prompts.task}, n ${prompts.n}, seed ${prompts.seed}`;
}

/** `about 20 s`, or that nothing is known to tell it by. */
export function timeWords(seconds: number | null): string {
  return seconds === null ? 'time unknown' : `about ${formatDuration(Math.max(1, seconds))}`;
}

/** `−2.59 ±0.34`, half of the 95 % interval; a dash where unknown. */
export function estimateWords({ value, low, high }: Estimate, decimals: number): string {
  const text = formatFixed(value, decimals);
  if (Number.isNaN(value) || Number.isNaN(low)) return text;
  return `${text} ${formatHalfWidth((high - low) / 2, decimals)}`;
}

/** `−2.59 [−2.93, −2.25]` */
export function intervalWords({ value, low, high }: Estimate, decimals: number): string {
  if (Number.isNaN(value)) return 'not measured';
  if (Number.isNaN(low)) return formatFixed(value, decimals);
  return `${formatFixed(value, decimals)} [${formatFixed(low, decimals)}, ${formatFixed(high, decimals)}]`;
}

/** Decimals that suit all of them, so that a column lines up: two at least, for small ones beside large ones. */
export function decimalsOf(values: Iterable<number>): number {
  let largest = 0;
  for (const value of values) if (Math.abs(value) > largest) largest = Math.abs(value);
  return Math.max(2, decimalsFor(largest));
}

export function effectTitle({ metricId }: Pick<MeasuredHeader, 'metricId'>): string {
  return `Δ ${measures[metricId].title}`;
}

/** `Δ logit difference, logits`, for a legend. */
export function effectLegend(header: Pick<MeasuredHeader, 'metricId'>): string {
  return `${effectTitle(header)}, ${measures[header.metricId].unit}`;
}

/** `1 prompt`, `64 prompts` */
export function countOf(count: number, of: string): string {
  return `${formatNumber(count)} ${count === 1 ? of : `${of}s`}`;
}

/** `clean 4.92 ±0.31` */
export function cleanWords(baseline: Baseline | null): string {
  if (baseline === null) return 'clean not measured yet';
  const { mean, interval } = baseline.metric;
  return `clean ${estimateWords({ value: mean, low: interval[0], high: interval[1] }, decimalsFor(mean))}`;
}

/** `edited − clean, mean of 64 prompts of ioi; negative: what is removed helps` */
export function aboutEffect({ metricId, calibration }: MeasuredHeader): string {
  const sign = measures[metricId].better === 'higher' ? 'negative' : 'positive';
  return `edited − clean, mean of ${countOf(calibration.sequences, 'prompt')} of ${calibration.dataset}; ${sign}: what is removed helps`;
}

export const stateWords: Readonly<Record<RunState, string>> = {
  queued: 'Queued: others run before it.',
  waiting: 'Waits: another model is in memory.',
  running: 'Measuring',
  paused: 'Paused',
  done: 'Done',
  cancelled: 'Cancelled: what had come stays, the rest is unknown.',
  failed: 'Failed',
  interrupted: 'Interrupted: the engine ended while this ran. What had come stays.',
};

/** `182 of 270 units · 4.4 units/s · 20 s left` */
export function progressWords({ state, progress, rate, secondsLeft }: RunSummary): string {
  if (progress === null) return '';
  const amount = `${formatNumber(Math.floor(progress.done))} of ${formatNumber(progress.total)} ${progress.of}`;
  if (state !== 'running' || rate === null) return amount;
  const left = secondsLeft === null ? [] : [`${formatDuration(secondsLeft)} left`];
  return [amount, formatRate(rate, progress.of), ...left].join(' · ');
}

/** `26 Nov, 14:03` */
export function createdWords(created: string): string {
  const options = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' } as const;
  return new Date(created).toLocaleString('en-GB', options);
}

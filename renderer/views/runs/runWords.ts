/** What states, calls and amounts of runs are called. */
import type { RunState, RunSummary } from '../../../engine/results/runs.ts';
import { formatDuration, formatNumber } from '../../marks/format.ts';

export const callTitles: Readonly<Record<RunSummary['call'], string>> = {
  ablate: 'Ablation',
  ablateSets: 'Sets',
  patchGrid: 'Patching',
  attribute: 'Attribution',
  scores: 'Head scores',
  retrieve: 'Retrieval heads',
  maskCurve: 'Masked heads',
  streamingHeads: 'Streaming or retrieval',
  weightScores: 'Weight scores',
  directLogits: 'Direct logits',
  importance: 'Importance',
  prunePlan: 'Pruning plan',
  pruneCurve: 'Pruning curve',
  capture: 'Capture',
  task: 'Task check',
  duo: 'DuoAttention gates',
  duoQuality: 'Streaming heads',
  trainDictionaries: 'Dictionaries',
  measureDictionaries: 'Measures of dictionaries',
  collectFeatures: 'Features',
  circuit: 'Circuit',
  train: 'Training',
  pull: 'Download',
  verify: 'Weights check',
};

export const stateTitles: Readonly<Record<RunState, string>> = {
  queued: 'queued',
  waiting: 'waits for model',
  running: 'running',
  paused: 'paused',
  done: 'done',
  cancelled: 'cancelled',
  failed: 'failed',
  interrupted: 'interrupted',
};

/** What is there of a cancelled run is not all of it. */
export function stateWords({ state, rows }: Pick<RunSummary, 'state' | 'rows'>): string {
  return state === 'cancelled' && rows > 0 ? 'cancelled, partial' : stateTitles[state];
}

/** `ioi, 16`. */
export function promptsWords({ prompts }: Pick<RunSummary, 'prompts'>): string {
  return prompts === null ? '' : `${prompts.name}, ${formatNumber(prompts.n)}`;
}

/** `182 of 270 units · 20 s left`; empty while nothing is known. */
export function progressWords({ progress, secondsLeft, state }: RunSummary): string {
  if (progress === null) return '';
  const amount = `${formatNumber(Math.floor(progress.done))} of ${formatNumber(progress.total)} ${progress.of}`;
  return secondsLeft === null || state !== 'running' ? amount : `${amount} · ${formatDuration(secondsLeft)} left`;
}

/** Of this place: `2026-11-26 09:05`. */
export function timeWords(created: string): string {
  const date = new Date(created);
  if (Number.isNaN(date.getTime())) return created;
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The model's metric, accuracy and predicted token on each prompt. */
import type { Model } from '../../run/index.ts';
import { isCorrect, metrics } from '../../tasks/metrics.ts';
import { summarise, summariseShare } from '../../tasks/statistics.ts';
import type { MetricId, Prompt } from '../../tasks/task.ts';
import { measures } from '../../terms/measures.ts';
import type { Summary } from '../../terms/summary.ts';
import type { Baseline } from '../../results/taskReport.ts';
import { requireFinite } from './finite.ts';
import { largest } from './run.ts';

export interface ScoredPrompt {
  readonly metric: number;
  readonly isCorrect: boolean;
  readonly predicted: number;
}

const ROWS_PER_BATCH = 8;

export async function scorePrompts(
  model: Model,
  prompts: readonly Prompt[],
  metric: MetricId,
  signal: AbortSignal,
  onProgress: (done: number) => void,
): Promise<ScoredPrompt[]> {
  const scored: ScoredPrompt[] = [];
  for (let from = 0; from < prompts.length; from += ROWS_PER_BATCH) {
    scored.push(...(await scoreBatch(model, prompts.slice(from, from + ROWS_PER_BATCH), metric, signal)));
    onProgress(scored.length);
  }
  return scored;
}

// In a causal model nothing after the answer position matters, so each prompt ends there and only its last logits are computed.
async function scoreBatch(
  model: Model,
  batch: readonly Prompt[],
  metric: MetricId,
  signal: AbortSignal,
): Promise<ScoredPrompt[]> {
  const { causal } = model.family;
  const ids = batch.map((prompt) => (causal ? prompt.ids.slice(0, prompt.answerPosition + 1) : prompt.ids));
  const { logits } = await model.forward({ ids, logits: causal ? 'last' : 'all', signal });
  if (logits === null) throw new RangeError('forward: no logits where they were asked for');
  await requireFinite(model, 'logits', logits.data, signal);
  const vocabulary = model.family.shape.outputVocabulary;
  const positions = logits.data.length / (batch.length * vocabulary);
  return batch.map((prompt, row) => {
    const at = (row * positions + (causal ? 0 : prompt.answerPosition)) * vocabulary;
    const answer = logits.data.subarray(at, at + vocabulary);
    const [predicted = 0] = largest(answer, 1);
    return { metric: metrics[metric](answer, prompt), isCorrect: isCorrect(answer, prompt), predicted };
  });
}

export function baselineOf(metricId: MetricId, metric: Summary, accuracy: Summary): Baseline {
  const direction = measures[metricId].better;
  return { metricId, direction, metric, accuracy, doesTask: isAboveChance(metricId, metric, accuracy) };
}

export function baselineOfScores(metricId: MetricId, scored: readonly ScoredPrompt[], seed: number): Baseline {
  const metric = summarise(
    scored.map((score) => score.metric),
    seed,
  );
  return baselineOf(metricId, metric, summariseShare(scored.map((score) => score.isCorrect)));
}

/**
 * Against wrong answers chance is a difference of 0, so the metric's whole interval must lie above it.
 * A rank or a likelihood has no such point: there the answer must be the first choice on more than half of the prompts.
 */
function isAboveChance(metricId: MetricId, metric: Summary, accuracy: Summary): boolean {
  return measures[metricId].needsWrong ? metric.interval[0] > 0 : accuracy.interval[0] > 0.5;
}

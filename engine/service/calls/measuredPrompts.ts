/** The prompts that effects are measured on. */
import { basename } from 'node:path';
import type { MeasuredHeader } from '../../results/measured.ts';
import type { RequestOf } from '../../results/index.ts';
import type { Model } from '../../run/index.ts';
import { taskById } from '../../tasks/index.ts';
import { requireScorable } from '../../tasks/metrics.ts';
import type { MetricId, Prompt } from '../../tasks/task.ts';
import { promptsOfFile } from './prompts.ts';
import { remainingWords, taskPrompts } from './task.ts';

/** The prompts of a run, and what a saved file says of them. */
export interface Measured {
  readonly prompts: readonly Prompt[];
  readonly metric: MetricId;
  readonly dataset: string;
  readonly remaining: MeasuredHeader['remaining'];
  readonly notes: readonly string[];
}

/** Throws Fault where a prompt can't be scored by the metric. */
export function measuredPrompts(
  model: Model,
  { prompts: source, metric }: Pick<RequestOf<'ablate'>, 'prompts' | 'metric'>,
): Measured {
  if (source.kind === 'task') {
    const generated = taskPrompts(model, taskById(source.task), source);
    const { prompts, notes } = generated;
    const remaining = remainingWords(generated);
    return { prompts, notes, remaining, metric: metric ?? generated.metric, dataset: generated.task };
  }
  const prompts = promptsOfFile(model, source.file);
  const measured = metric ?? 'logitDifference';
  prompts.forEach((prompt, i) => requireScorable(prompt, measured, `${source.file.name}, prompt ${i + 1}`));
  return {
    prompts,
    metric: measured,
    dataset: basename(source.file.name),
    remaining: [],
    notes: [],
  };
}

/** What to warn of where the baseline says so. */
export function cannotDo({ dataset }: Measured): string {
  return `the model does not do ${dataset} better than chance: effects on a behaviour that it lacks are noise`;
}

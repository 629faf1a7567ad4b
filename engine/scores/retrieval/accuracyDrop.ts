/** How many prompts a model gets wrong without a head that it gets right with it. */
import type { Model } from '../../run/index.ts';
import { sweep } from '../../run/sweep.ts';
import { isCorrect } from '../../tasks/metrics.ts';
import type { Prompt } from '../../tasks/task.ts';
import { axisSize } from '../../tensor/tensor.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { unitsOf } from '../ablation.ts';
import type { HeadStatistics } from './statistics.ts';
import { headStatistics } from './statistics.ts';

export interface AccuracyDrop {
  /** Of the unedited model. */
  readonly accuracy: number;
  /** Layer by layer. */
  readonly heads: readonly HeadStatistics[];
}

export interface AccuracyDropRequest {
  readonly prompts: readonly Prompt[];
  /** Of the bootstrap over prompts. */
  readonly seed: number;
  readonly signal?: AbortSignal;
}

type Step = { readonly done: number; readonly total: number };

/** Zero ablation of every head in turn. */
export async function* accuracyDrop(
  model: Model,
  { prompts, seed, signal }: AccuracyDropRequest,
): AsyncGenerator<Step, AccuracyDrop, void> {
  const units = unitsOf(model.family, 'head');
  const results = sweep(model, {
    ids: prompts.map(({ ids }) => ids),
    answerPositions: prompts.map(({ answerPosition }) => answerPosition),
    units: units.map(({ sweep: unit }) => unit),
    kind: 'zero',
    ...(signal === undefined ? {} : { signal }),
  });
  const drops = prompts.map(() => new Float64Array(units.length));
  let clean: readonly boolean[] = [];
  for (let done = 0; ;) {
    const step = await model.exclusive(() => results.next());
    if (step.done === true) break;
    const { unit, logits } = step.value;
    const correct = correctIn(logits, prompts);
    if (unit === null) {
      clean = correct;
      continue;
    }
    const at = units.findIndex((candidate) => candidate.sweep === unit);
    drops.forEach((row, i) => (row[at] = Number(clean[i]) - Number(correct[i])));
    yield { done: ++done, total: units.length };
  }
  const runs = drops.map((values) => ({ needle: null, values }));
  return { accuracy: clean.filter(Boolean).length / clean.length, heads: headStatistics(runs, seed) };
}

/** logits [B V] */
function correctIn(logits: Tensor, prompts: readonly Prompt[]): readonly boolean[] {
  const width = axisSize(logits, 'V');
  return prompts.map((prompt, i) => isCorrect(logits.data.subarray(i * width, (i + 1) * width), prompt));
}

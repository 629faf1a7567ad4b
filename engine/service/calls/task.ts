/** Which tasks there are, and whether a model can do one. */
import type { RequestOf, ResultOf, Service } from '../../results/index.ts';
import type { Progress } from '../../results/records.ts';
import type { Model } from '../../run/index.ts';
import { taskById, tasks } from '../../tasks/index.ts';
import type { Prompt, Task, TaskPrompts } from '../../tasks/task.ts';
import { seededRandom } from '../../tensor/random.ts';
import type { ModelSource } from '../openModels.ts';
import { emitting } from './emitting.ts';
import { identityOf } from './identity.ts';
import { decoded, shownToken, taskTokenizer, tokenizerOf } from './prompts.ts';
import type { ScoredPrompt } from './scoredPrompts.ts';
import { baselineOfScores, scorePrompts } from './scoredPrompts.ts';

export function tasksCall(): Service['tasks'] {
  return async () => ({ tasks: tasks.map(taskInfo) });
}

export function taskCall(models: ModelSource): Service['task'] {
  return (request, { signal }) =>
    emitting<Progress, ResultOf<'task'>>((emit) => {
      const task = taskById(request.task);
      return models.use(request, signal, async (model) => {
        const generated = taskPrompts(model, task, request);
        const { prompts, metric } = generated;
        const report = (done: number) => emit({ kind: 'progress', of: 'prompts', done, total: prompts.length });
        const scored = await scorePrompts(model, prompts, metric, signal, report);
        const shown = prompts.slice(0, request.show ?? 0).map((prompt, i) => shownPrompt(model, prompt, scored[i]));
        return {
          model: identityOf(model),
          task: { ...taskInfo(task), metric },
          baseline: baselineOfScores(metric, scored, request.seed),
          remaining: remainingWords(generated),
          notes: generated.notes,
          shown,
        };
      });
    });
}

/** The same n and seed give the same prompts. Fault where the tokenizer leaves too few words. */
export function taskPrompts(
  model: Model,
  task: Task,
  { n, seed, options }: Pick<RequestOf<'task'>, 'n' | 'seed' | 'options'>,
): TaskPrompts {
  const { vocabulary, outputVocabulary } = model.family.shape;
  return task.generate({
    ...{ n, random: seededRandom(seed), tokenizer: taskTokenizer(model), vocabulary, outputVocabulary },
    ...(options === undefined ? {} : { options }),
  });
}

export function remainingWords({ remaining }: TaskPrompts) {
  return Object.entries(remaining).map(([words, [kept, of]]) => ({ words, kept, of }));
}

function taskInfo({ id, title, about, metric, options }: Task) {
  return { id, title, about, metric, options };
}

function textOf(model: Model, ids: readonly number[]): string {
  const tokenizer = tokenizerOf(model);
  return tokenizer === null ? ids.join(' ') : decoded(tokenizer, ids);
}

function shownPrompt(model: Model, prompt: Prompt, scored: ScoredPrompt | undefined) {
  if (scored === undefined) throw new RangeError('task: a prompt without a score');
  const text = (id: number) => shownToken(model, id);
  return {
    text: prompt.text ?? textOf(model, prompt.ids),
    answers: prompt.answers.map(text),
    wrong: prompt.wrong.map(text),
    predicted: text(scored.predicted),
    metric: scored.metric,
  };
}

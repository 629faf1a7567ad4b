/** The prompts of a task or file, as pairs of token rows. */
import type { PromptPair } from '../../results/promptSets.ts';
import type { ResultOf, Service } from '../../results/index.ts';
import type { Model } from '../../run/index.ts';
import type { Prompt } from '../../tasks/task.ts';
import type { ModelSource } from '../openModels.ts';
import { measuredPrompts } from './measuredPrompts.ts';
import { shownToken } from './prompts.ts';
import { tokenInfos } from './tokenInfo.ts';

export function promptsCall(models: ModelSource): Service['prompts'] {
  return (request, { signal }) =>
    models.use(request, signal, async (model): Promise<ResultOf<'prompts'>> => {
      const { prompts, metric, dataset } = measuredPrompts(model, request);
      const lengths = prompts.map(({ ids }) => ids.length);
      const shown = prompts.slice(request.from, request.from + request.count);
      return {
        name: dataset,
        total: prompts.length,
        metric,
        lengths: [Math.min(...lengths), Math.max(...lengths)],
        counterfactuals: prompts.filter(({ corruptIds }) => corruptIds !== null).length,
        negatives: prompts.filter(({ negativeIds }) => negativeIds !== null).length,
        pairs: shown.map((prompt, i) => pairOf(model, prompt, request.from + i)),
      };
    });
}

function pairOf(model: Model, prompt: Prompt, index: number): PromptPair {
  const { ids, corruptIds, answers, wrong, answerPosition } = prompt;
  const text = (id: number) => shownToken(model, id);
  return {
    index,
    clean: tokenInfos(model, ids, null),
    corrupt: corruptIds === null ? null : tokenInfos(model, corruptIds, null),
    answers: answers.map(text),
    wrong: wrong.map(text),
    answerPosition,
    aligned: corruptIds === null ? null : corruptIds.length === ids.length,
    differs: corruptIds === null ? [] : differing(ids, corruptIds),
  };
}

/** Positions at which both have a token and the tokens differ. */
function differing(a: readonly number[], b: readonly number[]): number[] {
  return a.flatMap((id, i) => (i < b.length && b[i] !== id ? [i] : []));
}

/** What a model answers to a prompt under many sets of edits at the answer position, of which each is measured by itself. */
import { forcedLogits } from '../../engine/run/forcedLogits.ts';
import type { Model } from '../../engine/run/index.ts';
import { emptyPrefix, extendPrefix } from '../../engine/run/prefix.ts';
import { logitDifference } from '../../engine/tasks/metrics.ts';
import type { Prompt } from '../../engine/tasks/task.ts';
import type { Edit } from '../../engine/terms/edits.ts';

export interface EditedAnswer {
  /** Of answers and wrong answers. */
  readonly logitDifference: number;
  /** The token with the largest logit. */
  readonly choice: number;
}

/** Everything before the answer position runs once. RangeError for a prompt without an answer or a wrong answer. */
export async function editedAnswers(
  model: Model,
  { ids, answerPosition, answers, wrong }: Prompt,
  sets: readonly (readonly Edit[])[],
  signal?: AbortSignal,
): Promise<EditedAnswer[]> {
  const prompt = ids.slice(0, answerPosition + 1);
  return model.exclusive(async () => {
    const plain = { ids: prompt, to: answerPosition, prompt: prompt.length, edits: [], signal };
    const prefix = answerPosition === 0 ? emptyPrefix : (await extendPrefix(model, emptyPrefix, plain)).prefix;
    // Logits in the place of the first token after the prompt: what that token is does not matter.
    const request = { prefix, prompt, continuation: [prompt[0] as number], sets, signal };
    const found: EditedAnswer[] = [];
    for await (const { data } of forcedLogits(model, request)) {
      const choice = data.reduce((best, logit, id) => (logit > (data[best] as number) ? id : best), 0);
      found.push({ logitDifference: logitDifference(data, { answers, wrong }), choice });
    }
    return found;
  });
}

/** Prompts of random ids with a corrupt twin, for tests of effects on tiny models. */
import type { Model } from '../../engine/run/index.ts';
import type { Prompt } from '../../engine/tasks/task.ts';
import { logitDifference } from '../../engine/tasks/metrics.ts';
import type { Edit } from '../../engine/terms/edits.ts';
import { randomIds } from '../run/models.ts';

export function scenePrompts(model: Model, sizes: readonly number[]): Prompt[] {
  return sizes.map((length, i) => ({
    ids: randomIds(model, length, 10 + i),
    corruptIds: randomIds(model, length, 20 + i),
    negativeIds: null,
    answers: [3 + i],
    wrong: [11 + i, 12],
    answerPosition: length - 1,
    positions: {},
    text: null,
  }));
}

/** Logit differences by ordinary forward passes, one prompt at a time: the slow and obvious way. */
export async function differencesByEdits(
  model: Model,
  prompts: readonly Prompt[],
  edits: readonly Edit[],
  side: 'clean' | 'corrupt' = 'clean',
): Promise<number[]> {
  const found: number[] = [];
  for (const prompt of prompts) {
    const ids = side === 'clean' ? prompt.ids : (prompt.corruptIds ?? []);
    const { logits } = await model.forward({ ids: [ids], edits, logits: 'last' });
    found.push(logitDifference(logits?.data ?? new Float32Array(0), prompt));
  }
  return found;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

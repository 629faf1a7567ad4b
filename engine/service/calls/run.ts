/** Next tokens before and after edits. */
import type { ResultOf, Service } from '../../results/index.ts';
import type { NextToken } from '../../results/prediction.ts';
import type { Model } from '../../run/index.ts';
import { distribution, klDivergence } from '../../tasks/metrics.ts';
import type { ModelSource } from '../openModels.ts';
import { requireFinite } from './finite.ts';
import { idsOf, shownToken, tokenizerOf, tokenText } from './prompts.ts';

export function runCall(models: ModelSource): Service['run'] {
  return (request, { signal }) =>
    models.use(request, signal, async (model): Promise<ResultOf<'run'>> => {
      const ids = idsOf(model, request.prompt);
      const edits = request.edits ?? [];
      const clean = await nextLogits(model, ids, [], signal);
      const edited = edits.length === 0 ? null : await nextLogits(model, ids, edits, signal);
      const text = (id: number) => tokenText(model, id);
      return {
        ids,
        tokens: tokenizerOf(model) === null ? null : ids.map((id) => shownToken(model, id)),
        before: topTokens(clean, clean, edited ?? clean, request.top, text),
        after: edited === null ? null : topTokens(edited, clean, edited, request.top, text),
        kl: edited === null ? null : klDivergence(distribution(clean), edited),
      };
    });
}

type Edits = NonNullable<Parameters<Model['forward']>[0]['edits']>;

export async function nextLogits(
  model: Model,
  ids: readonly number[],
  edits: Edits,
  signal: AbortSignal,
): Promise<Float32Array> {
  const { logits } = await model.forward({ ids: [ids], edits, logits: 'last', signal });
  if (logits === null) throw new RangeError('forward: no logits where the last ones were asked for');
  await requireFinite(model, edits.length === 0 ? 'logits' : 'logits after the edits', logits.data, signal);
  return logits.data;
}

/** The most likely tokens of `shown`, with how far the edits moved each. */
export function topTokens(
  shown: Float32Array,
  clean: Float32Array,
  edited: Float32Array,
  top: number,
  text: (id: number) => string | null,
): NextToken[] {
  const { probabilities } = distribution(shown);
  return largest(shown, top).map((id) => {
    const logit = shown[id] ?? 0;
    const logitChange = (edited[id] ?? 0) - (clean[id] ?? 0);
    return { id, text: text(id), logit, probability: probabilities[id] ?? 0, logitChange };
  });
}

/** Indices of the largest values, largest first; ties keep the lower index. */
export function largest(values: Float32Array, count: number): number[] {
  const at = (index: number) => values[index] ?? 0;
  // Sorting a whole vocabulary for ten tokens takes longer than running a small model.
  const least = count < MANY ? leastOfLargest(values, count) : -Infinity;
  const candidates = Uint32Array.from(values.keys()).filter((index) => at(index) >= least);
  return [...candidates.sort((a, b) => at(b) - at(a) || a - b).subarray(0, count)];
}

const MANY = 1000;

/** The value of which `count` are as large or larger. */
function leastOfLargest(values: Float32Array, count: number): number {
  const kept = new Float32Array(count).fill(-Infinity);
  for (const value of values) {
    if (value <= (kept[0] ?? Infinity)) continue;
    kept[0] = value;
    kept.sort();
  }
  return kept[0] ?? Infinity;
}

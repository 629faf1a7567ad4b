/** A feature turned off, scaled or added while the model runs, and what that does to the next token. */
import type { ResultOf, Service } from '../../results/index.ts';
import { distribution, klDivergence } from '../../tasks/metrics.ts';
import { encodePrompt } from '../../../sae/features/encodePrompt.ts';
import { featureEdits } from '../../../sae/features/featureEdits.ts';
import type { ModelSource } from '../openModels.ts';
import { openDictionariesOf } from '../openDictionaries.ts';
import { idsOf, tokenText } from './prompts.ts';
import { requireFeature, requireReadable } from './readableDictionary.ts';
import { nextLogits, topTokens } from './run.ts';

export function editFeatureCall(models: ModelSource): Service['editFeature'] {
  return (request, { signal }) =>
    models.use(request, signal, (model) =>
      openDictionariesOf(models).use(request.dictionary, async (open): Promise<ResultOf<'editFeature'>> => {
        const { dictionary, program, folder } = open;
        requireReadable(model, dictionary, folder);
        requireFeature(dictionary, request.feature, folder);
        const ids = idsOf(model, request.prompt);
        const encoded = await encodePrompt(model, program, { ids, signal });
        const edits = featureEdits(model, dictionary, encoded, request);
        const clean = await nextLogits(model, ids, [], signal);
        const edited = await nextLogits(model, ids, edits, signal);
        const text = (id: number) => tokenText(model, id);
        return {
          edits,
          before: topTokens(clean, clean, edited, request.top, text),
          after: topTokens(edited, clean, edited, request.top, text),
          kl: klDivergence(distribution(clean), edited),
        };
      }),
    );
}

/** What a dictionary says of a prompt, token by token. */
import type { ResultOf, Service } from '../../results/index.ts';
import { encodePrompt, tokenCodes } from '../../../sae/features/encodePrompt.ts';
import type { ModelSource } from '../openModels.ts';
import { openDictionariesOf } from '../openDictionaries.ts';
import { idsOf, shownToken } from './prompts.ts';
import { requireReadable } from './readableDictionary.ts';

export function encodePromptCall(models: ModelSource): Service['encodePrompt'] {
  return (request, { signal }) =>
    models.use(request, signal, (model) =>
      openDictionariesOf(models).use(request.dictionary, async (open): Promise<ResultOf<'encodePrompt'>> => {
        const { dictionary, program, folder } = open;
        requireReadable(model, dictionary, folder);
        const ids = idsOf(model, request.prompt);
        const encoded = await encodePrompt(model, program, { ids, edits: request.edits ?? [], signal });
        const codes = tokenCodes(encoded, ids.length);
        const seen = new Set(codes.features);
        const labels = [...dictionary.labels].filter(([feature]) => seen.has(feature));
        return {
          tokens: ids.map((id) => shownToken(model, id)),
          ...codes,
          labels: labels.map(([feature, label]) => ({ feature, label })),
        };
      }),
    );
}

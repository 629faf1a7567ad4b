/** A prompt as the model sees it. */
import type { RequestOf, ResultOf, Service } from '../../results/index.ts';
import type { Model } from '../../run/index.ts';
import type { ModelSource } from '../openModels.ts';
import { chatText } from './chatText.ts';
import { tokenInfos } from './tokenInfo.ts';
import { tokenizerOf } from './prompts.ts';

export function tokensCall(models: ModelSource): Service['tokens'] {
  return (request, { signal }) =>
    models.use(request, signal, async (model): Promise<ResultOf<'tokens'>> => {
      const { ids, text, rendered } = await encoded(model, request.input);
      return {
        tokens: tokenInfos(model, ids, text),
        rendered,
        chat: (tokenizerOf(model)?.chat ?? null) !== null,
        context: model.family.shape.context,
      };
    });
}

interface Encoded {
  readonly ids: readonly number[];
  /** What the ids encode; null where they were given. */
  readonly text: string | null;
  readonly rendered: string | null;
}

async function encoded(model: Model, input: RequestOf<'tokens'>['input']): Promise<Encoded> {
  if ('ids' in input) return { ids: input.ids, text: null, rendered: null };
  if ('text' in input) return { ids: model.tokenizer.encode(input.text), text: input.text, rendered: null };
  const rendered = await chatText(model, input.chat);
  return { ids: model.tokenizer.encode(rendered, { special: false }), text: rendered, rendered };
}

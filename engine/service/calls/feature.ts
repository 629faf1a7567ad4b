/** A feature's card: where it is active, what it writes, which heads write it, what is like it. */
import type { ResultOf, Service } from '../../results/index.ts';
import type { Model } from '../../run/index.ts';
import { FeatureStore } from '../../../sae/features/featureStore.ts';
import { headShares } from '../../../sae/features/headShares.ts';
import { LogitEffects } from '../../../sae/features/logitEffects.ts';
import { similarFeatures } from '../../../sae/features/similarFeatures.ts';
import type { Dictionary } from '../../../sae/dictionary.ts';
import type { ModelSource } from '../openModels.ts';
import { openDictionariesOf } from '../openDictionaries.ts';
import { shownToken } from './prompts.ts';
import { requireFeature, requireReadable } from './readableDictionary.ts';

export function featureCall(models: ModelSource): Service['feature'] {
  return (request, { signal }) =>
    models.use(request, signal, (model) =>
      openDictionariesOf(models).use(
        request.dictionary,
        async ({ dictionary, folder }): Promise<ResultOf<'feature'>> => {
          const { feature, top, beside } = request;
          requireReadable(model, dictionary, folder);
          requireFeature(dictionary, feature, folder);
          const store = await FeatureStore.open(folder);
          return {
            feature,
            label: dictionary.labels.get(feature) ?? null,
            activity: store === null ? null : await store.activity(feature),
            contexts: store === null ? [] : await store.contexts(feature),
            logits: await logitsOf(model, dictionary, feature, top, signal),
            heads:
              headShares(dictionary, feature, model.family.shape.heads)?.map((share, head) => ({ head, share })) ??
              null,
            similar: similarFeatures(dictionary, feature, dictionary, top),
            beside:
              beside === undefined
                ? null
                : await openDictionariesOf(models).use(beside, async (other) =>
                    similarFeatures(dictionary, feature, other.dictionary, top),
                  ),
          };
        },
      ),
    );
}

async function logitsOf(
  model: Model,
  dictionary: Dictionary,
  feature: number,
  top: number,
  signal: AbortSignal,
): Promise<ResultOf<'feature'>['logits']> {
  const effects = await LogitEffects.of(model, dictionary);
  if (effects === null) return null;
  const shown = ({ id, value }: { readonly id: number; readonly value: number }) => ({
    ...{ id, value },
    text: shownToken(model, id),
  });
  for await (const { up, down } of effects.tokens([feature], top, signal)) {
    return { up: up.map(shown), down: down.map(shown), note: effects.note };
  }
  return null;
}

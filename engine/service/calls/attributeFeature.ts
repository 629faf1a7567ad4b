/** Why a feature is active at a position of a prompt. */
import type { ResultOf, Service } from '../../results/index.ts';
import type { Model } from '../../run/index.ts';
import type { AttributionStep } from '../../../sae/features/attributeBack.ts';
import { attributeBack } from '../../../sae/features/attributeBack.ts';
import type { Attribution } from '../../../sae/features/attributeFeature.ts';
import { attributeFeature } from '../../../sae/features/attributeFeature.ts';
import type { NamedProgram, ThroughFeature } from '../../../sae/features/throughFeatures.ts';
import type { ModelSource } from '../openModels.ts';
import type { OpenDictionaries } from '../openDictionaries.ts';
import { openDictionariesOf } from '../openDictionaries.ts';
import { idsOf, shownToken } from './prompts.ts';
import { requireFeature, requireReadable } from './readableDictionary.ts';

export function attributeFeatureCall(models: ModelSource): Service['attributeFeature'] {
  return (request, { signal }) =>
    models.use(request, signal, (model) =>
      openDictionariesOf(models).use(request.dictionary, ({ dictionary, program, folder }) => {
        requireReadable(model, dictionary, folder);
        requireFeature(dictionary, request.feature, folder);
        const ids = idsOf(model, request.prompt);
        const { feature, position, through = [] } = request;
        const open = openDictionariesOf(models);
        return withAll(open, model, through, [], async (programs): Promise<ResultOf<'attributeFeature'>> => {
          const asked = { feature, position, ids, signal, through: programs };
          const tokens = ids.map((id) => shownToken(model, id));
          if (request.back === undefined) return { tokens, ...shown(await attributeFeature(model, program, asked)) };
          const own = { name: request.dictionary, program };
          const { found, steps, notes } = await attributeBack(model, own, { ...asked, ...request.back });
          const first = shown(found);
          return { tokens, ...first, steps: steps.map(shownStep), notes: [...first.notes, ...notes] };
        });
      }),
    );
}

function shown(found: Attribution): Omit<ResultOf<'attributeFeature'>, 'tokens' | 'steps'> {
  const { featuresTotal: _, features, ...rest } = found;
  return { ...rest, features: features.map(shownFeature) };
}

function shownFeature(found: ThroughFeature) {
  const { part: _, ...feature } = found;
  return feature;
}

function shownStep(found: AttributionStep) {
  const { part: _, features, ...step } = found;
  return { ...step, features: features.map(shownFeature) };
}

/** Opens one dictionary after the other, and all of them for the work. */
function withAll<T>(
  open: OpenDictionaries,
  model: Model,
  folders: readonly string[],
  opened: readonly NamedProgram[],
  work: (programs: readonly NamedProgram[]) => Promise<T>,
): Promise<T> {
  const [first, ...rest] = folders;
  if (first === undefined) return work(opened);
  return open.use(first, ({ dictionary, program, folder }) => {
    requireReadable(model, dictionary, folder);
    return withAll(open, model, rest, [...opened, { name: first, program }], work);
  });
}

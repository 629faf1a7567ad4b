/** The strongest contexts of every feature of a dictionary, and some by quarter of its activations. */
import type { EventOf, RequestOf, ResultOf, Service } from '../../results/index.ts';
import type { Model } from '../../run/index.ts';
import { collectFeatures } from '../../../sae/features/collectFeatures.ts';
import { writeFeatures } from '../../../sae/features/featureStore.ts';
import { readCard } from '../../../sae/formats/dictionaryFolder.ts';
import type { ModelSource } from '../openModels.ts';
import type { OpenDictionary } from '../openDictionaries.ts';
import { openDictionariesOf } from '../openDictionaries.ts';
import { rowWindows } from './dictionaryRows.ts';
import { emitting } from './emitting.ts';
import { identityOf } from './identity.ts';
import { shownToken } from './prompts.ts';
import { requireReadable } from './readableDictionary.ts';

type Collecting = AsyncGenerator<EventOf<'collectFeatures'>, ResultOf<'collectFeatures'>, void>;

export function collectFeaturesCall(models: ModelSource): Service['collectFeatures'] {
  return async function* collect(request, { signal }) {
    const { model, release } = await models.lease(request, signal);
    try {
      return yield* emitting<EventOf<'collectFeatures'>, ResultOf<'collectFeatures'>>((emit) =>
        openDictionariesOf(models).use(request.dictionary, async (dictionary) => {
          const stream = collecting(model, dictionary, request, signal);
          for (;;) {
            const step = await stream.next();
            if (step.done === true) return step.value;
            emit(step.value);
          }
        }),
      );
    } finally {
      release();
    }
  };
}

async function* collecting(
  model: Model,
  { dictionary, program, created, folder }: OpenDictionary,
  request: RequestOf<'collectFeatures'>,
  signal: AbortSignal,
): Collecting {
  const started = performance.now();
  requireReadable(model, dictionary, folder);
  const { notes, ...windows } = rowWindows(model, request.rows, request.seed);
  const rows = windows.windows.reduce((sum, { length }) => sum + Math.max(0, length - windows.skip), 0);
  yield { kind: 'start', model: identityOf(model), dictionary: await readCard(folder), rows };
  const { strongest, perQuantile, before, after, seed } = request;
  const settings = { strongest, perQuantile, before, after, seed };
  const textOf = (id: number) => shownToken(model, id);
  const collected = yield* progressing(
    collectFeatures(model, program, { ...windows, ...settings, created, textOf, signal }),
  );
  await writeFeatures(folder, collected);
  const alive = collected.counts.active.reduce((count, active) => count + Number(active > 0), 0);
  const warnings = [...notes, ...otherModel(model, dictionary.model)];
  return { rows: collected.counts.rows, alive, seconds: (performance.now() - started) / 1000, warnings };
}

/** Most often ten times a second. */
const PAUSE = 100;

async function* progressing<R>(
  steps: AsyncGenerator<{ readonly of: string; readonly done: number; readonly total: number }, R, void>,
): AsyncGenerator<EventOf<'collectFeatures'>, R, void> {
  let last = -Infinity;
  for (;;) {
    const step = await steps.next();
    if (step.done === true) return step.value;
    if (performance.now() - last < PAUSE && step.value.done < step.value.total) continue;
    last = performance.now();
    yield { kind: 'progress', ...step.value };
  }
}

function otherModel({ files }: Model, trainedOn: OpenDictionary['dictionary']['model']): string[] {
  if (trainedOn === null || trainedOn.fingerprint === null || trainedOn.fingerprint === files.fingerprint) return [];
  return [
    `the dictionary was made for another model, ${trainedOn.name}: what it says of ${files.name} may mean nothing`,
  ];
}

/** Writes a model without some of its heads. */
import { resolve } from 'node:path';
import { writePrunedFolder } from '../../files/writePrunedFolder.ts';
import type { MeanOutputs } from '../../prune/surgery/biasCompensation.ts';
import type { HeadsByLayer } from '../../prune/surgery/headsByLayer.ts';
import { headsByLayer, requireKept } from '../../prune/surgery/headsByLayer.ts';
import { meanOutputs } from '../../prune/surgery/meanOutputs.ts';
import type { Surgery } from '../../prune/surgery/surgery.ts';
import { surgery } from '../../prune/surgery/surgery.ts';
import type { EventOf, RequestOf, ResultOf, Service } from '../../results/index.ts';
import { describeModel } from '../../run/index.ts';
import { Fault } from '../../terms/fault.ts';
import type { ModelSource } from '../openModels.ts';
import { calibrationOf } from './calibration.ts';
import { emitting } from './emitting.ts';

type Request = RequestOf<'prune'>;

export function pruneCall(models: ModelSource): Service['prune'] {
  return async function* prune(request, { signal }) {
    const started = performance.now();
    const description = await describeModel(request.model);
    const removed = removedOf(request, description.family.shape);
    const means = await meansOf(models, request, signal);
    const { form, out } = request;
    const made = await surgery(description, { removed, form, means });
    const files = yield* emitting<EventOf<'prune'>, readonly string[]>((emit) =>
      writePrunedFolder(description.files, resolve(out), made, (done) => {
        signal.throwIfAborted();
        emit({ kind: 'progress', of: 'bytes', done, total: made.after.bytes });
      }),
    );
    return resultOf(request, made, removed, files, (performance.now() - started) / 1000);
  };
}

function removedOf(request: Request, shape: Parameters<typeof headsByLayer>[0]): HeadsByLayer {
  const { form, emptyLayers = false } = request;
  if (emptyLayers && form === 'remove') {
    throw new Fault({
      what: 'a layer without heads has no shape that can be stored',
      expected: 'form zero',
      got: form,
    });
  }
  const removed = headsByLayer(shape, request);
  if (!emptyLayers) requireKept(shape, removed, 1);
  return removed;
}

async function meansOf(models: ModelSource, request: Request, signal: AbortSignal): Promise<MeanOutputs | null> {
  const { model, weights, compensateOver: over } = request;
  if (over === undefined) return null;
  const asked = { model, ...(weights === undefined ? {} : { weights }) };
  return models.use(asked, signal, (opened) =>
    meanOutputs(opened, calibrationOf(opened, over.texts, over.seed).windows, signal),
  );
}

function resultOf(
  { out }: Request,
  { record, before, after, warnings }: Surgery,
  removed: HeadsByLayer,
  files: readonly string[],
  seconds: number,
): ResultOf<'prune'> {
  const { form, rule } = record;
  const changed = [...record.tensors.map(({ tensor }) => tensor), ...record.bias_compensation];
  const heads = [...removed.values()].reduce((total, list) => total + list.length, 0);
  return { ...{ folder: resolve(out), files, form, rule, changed, heads, before, after, seconds, warnings } };
}

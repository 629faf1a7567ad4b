/** What every layer of the stream would predict. */
import type { EventOf, Service } from '../../results/index.ts';
import type { Model } from '../../run/index.ts';
import type { LensLayer } from '../../scores/logitLens.ts';
import { logitLens } from '../../scores/logitLens.ts';
import type { ModelSource } from '../openModels.ts';
import { idsOf, shownToken, tokenizerOf } from './prompts.ts';

export function lensCall(models: ModelSource): Service['lens'] {
  return async function* lens(request, { signal }) {
    const started = performance.now();
    const { model, release } = await models.lease(request, signal);
    try {
      const { edits, targets, top, positions } = request;
      const ids = idsOf(model, request.prompt);
      const tokens = tokenizerOf(model) === null ? null : ids.map((id) => shownToken(model, id));
      yield { kind: 'start', ids, tokens };
      const layers = logitLens(model, {
        ...{ ids, top, signal },
        ...(edits === undefined ? {} : { edits }),
        ...(targets === undefined ? {} : { targets }),
        ...(positions === undefined ? {} : { positions }),
      });
      for await (const layer of layers) yield layerEvent(model, layer, top);
      return { seconds: (performance.now() - started) / 1000 };
    } finally {
      release();
    }
  };
}

function layerEvent(model: Model, read: LensLayer, top: number): EventOf<'lens'> {
  const distinct = [...new Set(read.ids)];
  return {
    kind: 'layer',
    layer: read.layer,
    positions: read.positions.length,
    top,
    ids: read.ids,
    probabilities: read.probabilities,
    texts: Object.fromEntries(distinct.map((id) => [`${id}`, shownToken(model, id)])),
    entropy: read.entropy,
    targetProbabilities: read.targetProbabilities,
    targetRanks: read.targetRanks,
  };
}

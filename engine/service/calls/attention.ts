/** What one prompt's heads attend to, a picture at a time. */
import type { EventOf, RequestOf, ResultOf, Service } from '../../results/index.ts';
import type { AttentionSource } from '../../run/attention/attentionSource.ts';
import { AttentionSources } from '../../run/attention/attentionSources.ts';
import type { Model } from '../../run/index.ts';
import type { ModelSource } from '../openModels.ts';
import { emitting } from './emitting.ts';
import { idsOf } from './prompts.ts';

/** What was computed for a prompt serves its next pictures; it goes with its model. */
const sources = new WeakMap<Model, AttentionSources>();

function sourceOf(model: Model, { prompt, edits }: Pick<RequestOf<'attentionTile'>, 'prompt' | 'edits'>) {
  const known = sources.get(model) ?? new AttentionSources(model);
  sources.set(model, known);
  return known.of(idsOf(model, prompt), edits);
}

export function attentionWallCall(models: ModelSource): Service['attentionWall'] {
  return (request, { signal }) =>
    emitting<EventOf<'attentionWall'>, ResultOf<'attentionWall'>>((emit) =>
      models.use(request, signal, async (model) => {
        const started = performance.now();
        const source = sourceOf(model, request);
        const layers = request.layers ?? Array.from({ length: model.family.shape.layers }, (_, layer) => layer);
        const { measure, skipKeys, size } = request;
        for (const [done, layer] of layers.entries()) {
          emit({ kind: 'progress', of: 'layers', done, total: layers.length });
          emit({ kind: 'layer', layer, ...(await source.thumbnails({ layer, measure, skipKeys, size, signal })) });
        }
        return { tokens: source.tokens, seconds: (performance.now() - started) / 1000 };
      }),
    );
}

export function attentionMapCall(models: ModelSource): Service['attentionMap'] {
  return (request, { signal }) =>
    emitting<EventOf<'attentionMap'>, ResultOf<'attentionMap'>>((emit) =>
      models.use(request, signal, async (model) => {
        const started = performance.now();
        const source = sourceOf(model, request);
        for await (const band of overviewOf(source, request, signal, emit)) emit({ kind: 'band', ...band });
        return { tokens: source.tokens, seconds: (performance.now() - started) / 1000 };
      }),
    );
}

/** Blocks that run before the first band are counted too: a late layer's picture needs all earlier ones. */
function overviewOf(
  source: AttentionSource,
  { layer, head, measure, skipKeys, size, pool }: RequestOf<'attentionMap'>,
  signal: AbortSignal,
  emit: (event: EventOf<'attentionMap'>) => void,
) {
  const total = source.blocksToSee(layer);
  let done = 0;
  const onBlock = () => emit({ kind: 'progress', of: 'blocks', done: ++done, total });
  return source.overview({ layer, head, measure, skipKeys, size, pool, signal, onBlock });
}

export function attentionTileCall(models: ModelSource): Service['attentionTile'] {
  return (request, { signal }) =>
    models.use(request, signal, (model) => {
      const { layer, head, measure, skipKeys, queries, keys, step, pool } = request;
      return sourceOf(model, request).tile({ layer, head, measure, skipKeys, queries, keys, step, pool, signal });
    });
}

export function attentionRowCall(models: ModelSource): Service['attentionRow'] {
  return (request, { signal }) =>
    models.use(request, signal, (model) => {
      const { layer, head, measure, position, side } = request;
      const source = sourceOf(model, request);
      return side === 'looksAt'
        ? source.row({ layer, head, measure, query: position, signal })
        : source.column({ layer, head, measure, key: position, signal });
    });
}

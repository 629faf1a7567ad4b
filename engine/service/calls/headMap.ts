/** Which heads are alike. */
import type { RequestOf, ResultOf, Service } from '../../results/index.ts';
import type { Progress } from '../../results/records.ts';
import type { Model } from '../../run/index.ts';
import { headMap } from '../../scores/similarity/headMap.ts';
import type { ModelSource } from '../openModels.ts';
import { emitting } from './emitting.ts';
import { requireFinite } from './finite.ts';
import { identityOf } from './identity.ts';
import { promptsToRead } from './promptsToRead.ts';

type Result = ResultOf<'headMap'>;

export function headMapCall(models: ModelSource): Service['headMap'] {
  return (request, { signal }) =>
    emitting<Progress, Result>((emit) =>
      models.use(request, signal, (model) => mapHeads(model, request, signal, emit)),
    );
}

async function mapHeads(
  model: Model,
  request: RequestOf<'headMap'>,
  signal: AbortSignal,
  emit: (event: Progress) => void,
): Promise<Result> {
  const started = performance.now();
  const { feature, neighbours, minDistance, seed } = request;
  const { prompts, header } = promptsToRead(model, request);
  const onProgress = (done: number, total: number) => emit({ kind: 'progress', of: 'prompts', done, total });
  const map = await headMap(model, { feature, prompts, neighbours, minDistance, seed, signal, onProgress });
  await requireFinite(model, 'similarity of heads', map.similarity, signal);
  const { layers, heads } = model.family.shape;
  const { dataset, n, tokens } = header;
  return {
    ...{ model: identityOf(model), feature, layers, heads, prompts: { dataset, n, tokens } },
    ...{ similarity: map.similarity, k: map.k, explained: map.pca.explained },
    ...{ neighbours: map.nearest.indices, neighbourSimilarity: map.nearest.similarities },
    ...{ pca: map.pca.coordinates, umap: map.umap?.coordinates ?? null },
    seconds: (performance.now() - started) / 1000,
  };
}

/** How much later heads read of what earlier ones write. */
import type { Service } from '../../results/index.ts';
import { composition, randomComposition } from '../../scores/weights/composition.ts';
import type { ModelSource } from '../openModels.ts';
import { requireFinite } from './finite.ts';
import { identityOf } from './identity.ts';
import { weightConventions } from './weightConventions.ts';

export function compositionCall(models: ModelSource): Service['composition'] {
  return async function* compose(request, { signal }) {
    const started = performance.now();
    const { model, release } = await models.lease(request, signal);
    try {
      const { shape } = model.family;
      const [random, conventions] = [randomComposition(model), weightConventions(model)];
      yield { kind: 'start', header: { model: identityOf(model), shape, random, conventions } };
      for await (const found of composition(model, signal)) {
        for (const scores of [found.q, found.k, found.v]) {
          await requireFinite(model, `composition into layer ${found.layer}`, scores, signal);
        }
        yield { kind: 'layer', ...found };
        yield { kind: 'progress', of: 'layers', done: found.layer, total: shape.layers - 1 };
      }
      return { seconds: (performance.now() - started) / 1000 };
    } finally {
      release();
    }
  };
}

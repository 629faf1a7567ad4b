/** Loads the weights, with progress. */
import type { ResultOf, Service } from '../../results/index.ts';
import type { Progress } from '../../results/records.ts';
import type { ModelSource } from '../openModels.ts';
import { emitting } from './emitting.ts';
import { identityOf } from './identity.ts';
import { checkPlan } from './plan.ts';

export function openCall(models: ModelSource): Service['open'] {
  return (request, { signal }) =>
    emitting<Progress, ResultOf<'open'>>(async (emit) => {
      const started = performance.now();
      if (request.plan !== undefined) await checkPlan(request.model, request.plan);
      const lease = await models.lease(request, signal, (done, total) =>
        emit({ kind: 'progress', of: 'programs', done, total }),
      );
      lease.release();
      const { model } = lease;
      const seconds = (performance.now() - started) / 1000;
      return { model: identityOf(model), shape: model.family.shape, seconds };
    });
}

/** The logit difference, split among everything that was added to the stream. */
import type { EventOf, Service } from '../../results/index.ts';
import type { DirectLogitsEvent } from '../../scores/directLogits.ts';
import { directLogits } from '../../scores/directLogits.ts';
import { requireScorable } from '../../tasks/metrics.ts';
import type { Summary } from '../../terms/summary.ts';
import type { ModelSource } from '../openModels.ts';
import { numbersOf, requireFinite } from './finite.ts';
import { measuredHeader } from './measuredHeader.ts';
import { cannotDo, measuredPrompts } from './measuredPrompts.ts';

export function directLogitsCall(models: ModelSource): Service['directLogits'] {
  return async function* attributeDirectly(request, { signal }) {
    const started = performance.now();
    const { model, release } = await models.lease(request, signal);
    try {
      const measured = measuredPrompts(model, { ...request, metric: 'logitDifference' });
      const { prompts, dataset } = measured;
      prompts.forEach((prompt, i) => requireScorable(prompt, 'logitDifference', `${dataset}, prompt ${i + 1}`));
      const { layers, heads } = model.family.shape;
      const beforeSoftCap = (model.family.description.unembedding.softCap ?? null) !== null;
      yield {
        kind: 'start',
        header: { ...measuredHeader(model, request, measured, layers * heads), beforeSoftCap },
      };
      const warnings: string[] = [];
      for await (const event of directLogits(model, { prompts, seed: request.seed, signal })) {
        await requireFinite(model, 'direct logit attribution', numbersOf(summariesOf(event)), signal);
        if (event.kind === 'total' && event.metric.interval[0] <= 0) warnings.push(cannotDo(measured));
        yield event.kind === 'progress' ? { ...event, of: 'layers' } : (event satisfies EventOf<'directLogits'>);
      }
      return { seconds: (performance.now() - started) / 1000, warnings };
    } finally {
      release();
    }
  };
}

function summariesOf(event: DirectLogitsEvent): readonly Summary[] {
  switch (event.kind) {
    case 'progress':
      return [];
    case 'head':
      return [event.values.directLogits];
    case 'layer':
      return [event.mlp, event.attentionBias].filter((one) => one !== null);
    case 'total':
      return [event.embed, event.constant, event.sum, event.metric];
  }
}

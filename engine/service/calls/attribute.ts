/** Estimates from gradients what replacing each unit would change. */
import type { AttributionHeader, AttributionSettings } from '../../results/attribution.ts';
import { unitOfSite } from '../../results/attribution.ts';
import type { EventOf, RequestOf, Service } from '../../results/index.ts';
import type { Model } from '../../run/index.ts';
import { attribute } from '../../scores/attribution.ts';
import type { AttributionEvent } from '../../scores/attribution.ts';
import type { MetricId } from '../../tasks/task.ts';
import type { Summary } from '../../terms/summary.ts';
import { attributionSettings, attributionSitesOf } from '../attributionSettings.ts';
import type { ModelSource } from '../openModels.ts';
import { unitName } from '../unitName.ts';
import { numbersOf, requireFinite } from './finite.ts';
import { measuredHeader } from './measuredHeader.ts';
import type { Measured } from './measuredPrompts.ts';
import { cannotDo, measuredPrompts } from './measuredPrompts.ts';
import { baselineOf } from './scoredPrompts.ts';

type Request = RequestOf<'attribute'>;
type Event = EventOf<'attribute'>;

export function attributeCall(models: ModelSource): Service['attribute'] {
  return async function* attributeUnits(request, { signal }) {
    const started = performance.now();
    const settings = attributionSettings(request);
    const { model, release } = await models.lease(request, signal);
    try {
      const measured = measuredPrompts(model, request);
      const { prompts, metric } = measured;
      const header = headerOf(model, request, measured, settings);
      yield { kind: 'start', header };
      const { method, steps, qkCorrection, gradDrop, granularity } = settings;
      const events = attribute(model, {
        ...{ prompts, metric, method, qkCorrection, gradDrop, seed: request.seed, signal },
        // The two that other methods don't read.
        ...{ sites: header.sites, steps: steps ?? 1, granularity: granularity ?? 'example' },
      });
      const warnings: string[] = [];
      for await (const event of events) {
        await requireFinite(model, described(event), numbersOf(summariesOf(event)), signal);
        const sent = toEvent(event, metric);
        if (sent.kind === 'baseline' && !sent.baseline.doesTask) warnings.push(cannotDo(measured));
        yield sent;
      }
      return { seconds: (performance.now() - started) / 1000, warnings };
    } finally {
      release();
    }
  };
}

function toEvent(event: AttributionEvent, metric: MetricId): Event {
  switch (event.kind) {
    case 'baseline':
      return { kind: 'baseline', baseline: baselineOf(metric, event.metric, event.accuracy) };
    case 'progress':
      return { kind: 'progress', of: 'layers', done: event.done, total: event.total };
    case 'unit':
      return event;
  }
}

function described(event: AttributionEvent): string {
  return event.kind === 'unit' ? `effect of ${event.site} of ${unitName(event)}` : 'metric on the clean prompts';
}

function summariesOf(event: AttributionEvent): readonly Summary[] {
  if (event.kind === 'progress') return [];
  return event.kind === 'unit' ? [event.effect] : [event.metric, event.accuracy];
}

function headerOf(
  model: Model,
  request: Request,
  measured: Measured,
  settings: AttributionSettings,
): AttributionHeader {
  const { layers, heads, kvHeads } = model.family.shape;
  const perLayer = { head: heads, 'kv-group': kvHeads, mlp: 1, layer: 1 };
  const sites = attributionSitesOf(request);
  const units = sites.reduce((total, site) => total + layers * perLayer[unitOfSite[site]], 0);
  return { ...measuredHeader(model, request, measured, units), settings, sites };
}

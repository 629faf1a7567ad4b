/** Removes every unit in turn and measures the change. */
import { basename } from 'node:path';
import type { AblationHeader } from '../../results/ablation.ts';
import type { EventOf, RequestOf, Service } from '../../results/index.ts';
import type { Model } from '../../run/index.ts';
import { ablate, ablationUnitsPerRun, unitsOf } from '../../scores/ablation.ts';
import type { AblationEvent } from '../../scores/ablation.ts';
import type { MetricId } from '../../tasks/task.ts';
import type { Summary } from '../../terms/summary.ts';
import type { ModelSource } from '../openModels.ts';
import { unitName } from '../unitName.ts';
import { ablationOn } from './ablationOn.ts';
import { numbersOf, requireFinite } from './finite.ts';
import { measuredHeader } from './measuredHeader.ts';
import type { Measured } from './measuredPrompts.ts';
import { cannotDo, measuredPrompts } from './measuredPrompts.ts';
import { baselineOf } from './scoredPrompts.ts';

type Request = RequestOf<'ablate'>;
type Event = EventOf<'ablate'>;

export function ablateCall(models: ModelSource): Service['ablate'] {
  return async function* ablateUnits(request, { signal }) {
    const started = performance.now();
    const { model, release } = await models.lease(request, signal);
    try {
      const measured = measuredPrompts(model, request);
      const asked = ablationOn(model, request, measured, signal);
      const unitsPerRun = asked.unitsPerRun ?? ablationUnitsPerRun(model, asked);
      yield { kind: 'start', header: headerOf(model, request, measured, unitsPerRun) };
      const events = ablate(model, { ...asked, unitsPerRun, unit: request.unit });
      const warnings: string[] = [];
      for await (const event of events) {
        await requireFinite(model, described(event), numbersOf(summariesOf(event)), signal);
        const sent = toEvent(event, asked.metric);
        if (sent.kind === 'baseline' && !sent.baseline.doesTask) warnings.push(cannotDo(measured));
        yield sent;
      }
      return { seconds: (performance.now() - started) / 1000, warnings };
    } finally {
      release();
    }
  };
}

function toEvent(event: AblationEvent, metric: MetricId): Event {
  switch (event.kind) {
    case 'baseline':
      return { kind: 'baseline', baseline: baselineOf(metric, event.metric, event.accuracy) };
    case 'progress':
      return { kind: 'progress', of: 'units', done: event.done, total: event.total };
    case 'unit':
      return event;
  }
}

function described(event: AblationEvent): string {
  return event.kind === 'unit' ? `effect of removing ${unitName(event)}` : 'metric on the clean prompts';
}

function summariesOf(event: AblationEvent): readonly Summary[] {
  if (event.kind === 'progress') return [];
  return event.kind === 'unit' ? [event.effect, event.kl] : [event.metric, event.accuracy];
}

function headerOf(model: Model, request: Request, measured: Measured, unitsPerRun: number): AblationHeader {
  const { unit, ablation, scale } = request;
  return {
    ...measuredHeader(model, request, measured, unitsOf(model.family, unit, ablation).length),
    ...{ ablation, unit, unitsPerRun },
    scale: ablation === 'scale' ? (scale ?? null) : null,
    reference: request.reference === undefined ? null : basename(request.reference.name),
    align: request.align ?? null,
  };
}

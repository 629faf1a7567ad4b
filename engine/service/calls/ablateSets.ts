/** Removes sets of heads: pairs, greedily grown ones, a list. */
import { basename } from 'node:path';
import type { EventOf, RequestOf, Service } from '../../results/index.ts';
import type { Model } from '../../run/index.ts';
import type { AblateSetsEvent } from '../../scores/ablateSets.ts';
import { ablateSets, setsIn, setsPerRun } from '../../scores/ablateSets.ts';
import type { MetricId } from '../../tasks/task.ts';
import type { ModelSource } from '../openModels.ts';
import { ablationOn } from './ablationOn.ts';
import { numbersOf, requireFinite } from './finite.ts';
import { measuredHeader } from './measuredHeader.ts';
import type { Measured } from './measuredPrompts.ts';
import { cannotDo, measuredPrompts } from './measuredPrompts.ts';
import { baselineOf } from './scoredPrompts.ts';

type Request = RequestOf<'ablateSets'>;
type Event = EventOf<'ablateSets'>;

export function ablateSetsCall(models: ModelSource): Service['ablateSets'] {
  return async function* measureSets(request, { signal }) {
    const started = performance.now();
    const { model, release } = await models.lease(request, signal);
    try {
      const measured = measuredPrompts(model, request);
      const asked = ablationOn(model, request, measured, signal);
      const unitsPerRun = asked.unitsPerRun ?? setsPerRun(model, asked);
      yield { kind: 'start', header: headerOf(model, request, measured, unitsPerRun) };
      const warnings: string[] = [];
      for await (const event of ablateSets(model, { ...asked, unitsPerRun, sets: request.sets })) {
        await requireFinite(model, 'effect of a set', numbersOf(summariesOf(event)), signal);
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

function headerOf(
  model: Model,
  request: Request,
  measured: Measured,
  unitsPerRun: number,
): Extract<Event, { kind: 'start' }>['header'] {
  const { ablation, scale, sets, reference, align } = request;
  return {
    ...measuredHeader(model, request, measured, setsIn(sets)),
    ...{ ablation, unitsPerRun, plan: sets.kind },
    scale: ablation === 'scale' ? (scale ?? null) : null,
    reference: reference === undefined ? null : basename(reference.name),
    align: align ?? null,
  };
}

function toEvent(event: AblateSetsEvent, metric: MetricId): Event {
  switch (event.kind) {
    case 'baseline':
      return { kind: 'baseline', baseline: baselineOf(metric, event.metric, event.accuracy) };
    case 'progress':
      return { kind: 'progress', of: 'sets', done: event.done, total: event.total };
    case 'set':
    case 'chosen':
      return event;
  }
}

function summariesOf(event: AblateSetsEvent) {
  if (event.kind === 'baseline') return [event.metric, event.accuracy];
  return event.kind === 'set' ? [event.effect, event.kl] : [];
}

/** One set of units replaced: next tokens, metric, random sets of the same make-up. */
import type { EventOf, RequestOf, Service } from '../../results/index.ts';
import type { Model } from '../../run/index.ts';
import type { EffectEvent } from '../../scores/effect.ts';
import { CleanRuns, effect } from '../../scores/effect.ts';
import { distribution, klDivergence } from '../../tasks/metrics.ts';
import type { ModelSource } from '../openModels.ts';
import { ablationOn } from './ablationOn.ts';
import { requireFinite } from './finite.ts';
import { cannotDo, measuredPrompts } from './measuredPrompts.ts';
import { tokenText } from './prompts.ts';
import { topTokens } from './run.ts';
import { baselineOf } from './scoredPrompts.ts';

/** The next set of units on the same prompts starts from their unedited run, which goes with its model. */
const cleanRuns = new WeakMap<Model, CleanRuns>();

export function effectCall(models: ModelSource): Service['effect'] {
  return async function* measureEffect(request, { signal }) {
    const started = performance.now();
    const { model, release } = await models.lease(request, signal);
    try {
      const measured = measuredPrompts(model, request);
      const runs = cleanRuns.get(model) ?? new CleanRuns(model);
      cleanRuns.set(model, runs);
      const { set, randomSets, shown } = request;
      const on = ablationOn(model, request, measured, signal);
      const warnings: string[] = [];
      for await (const event of effect(model, { ...on, set, randomSets, shown }, runs)) {
        await requireFinite(model, 'effect of the set', numbersOf(event), signal);
        if (event.kind === 'metric' && !baselineOf(on.metric, event.before, event.accuracyBefore).doesTask)
          warnings.push(cannotDo(measured));
        yield toEvent(model, request, on.metric, event);
      }
      return { seconds: (performance.now() - started) / 1000, warnings };
    } finally {
      release();
    }
  };
}

function toEvent(
  model: Model,
  { top }: RequestOf<'effect'>,
  metricId: Extract<EventOf<'effect'>, { kind: 'metric' }>['metricId'],
  event: EffectEvent,
): EventOf<'effect'> {
  if (event.kind === 'random') return event;
  if (event.kind === 'metric') return { ...event, metricId };
  const { clean, edited } = event;
  const text = (id: number) => tokenText(model, id);
  return {
    kind: 'next',
    before: topTokens(clean, clean, edited, top, text),
    after: topTokens(edited, clean, edited, top, text),
    kl: klDivergence(distribution(clean), edited),
  };
}

function numbersOf(event: EffectEvent): Float32Array | readonly number[] {
  switch (event.kind) {
    case 'next':
      return event.edited;
    case 'metric':
      return [event.before.mean, event.after.mean, event.kl.mean];
    case 'random':
      return [event.after];
  }
}

/** Behaviour scores of every head. */
import type { EventOf, Service } from '../../results/index.ts';
import type { ScoresHeader } from '../../results/scores.ts';
import type { Model } from '../../run/index.ts';
import { scoreById } from '../../scores/index.ts';
import type { HeadScoresEvent } from '../../scores/headScores.ts';
import { headScores } from '../../scores/headScores.ts';
import { patternTags, tagRules } from '../../scores/patternTags.ts';
import type { ModelSource } from '../openModels.ts';
import { numbersOf, requireFinite } from './finite.ts';
import { identityOf } from './identity.ts';
import { promptsToRead } from './promptsToRead.ts';

type Event = EventOf<'scores'>;

export function scoresCall(models: ModelSource): Service['scores'] {
  return async function* scoreHeads(request, { signal }) {
    const started = performance.now();
    const chosen = request.scores?.map(scoreById);
    const { model, release } = await models.lease(request, signal);
    try {
      const { prompts, header } = promptsToRead(model, request);
      const events = headScores(model, {
        ...{ prompts, seed: request.seed, signal },
        ...(chosen === undefined ? {} : { scores: chosen }),
      });
      for await (const event of events) {
        await requireFinite(model, 'scores', valuesOf(event), signal);
        yield toEvent(model, event, header);
      }
      return { seconds: (performance.now() - started) / 1000 };
    } finally {
      release();
    }
  };
}

function toEvent(model: Model, event: HeadScoresEvent, prompts: ScoresHeader['prompts']): Event {
  switch (event.kind) {
    case 'start':
      return { kind: 'start', header: headerOf(model, event, prompts) };
    case 'progress':
      return { kind: 'progress', of: 'layers', done: event.done, total: event.total };
    case 'head':
      return { ...event, tags: patternTags(event.values).map(({ tag }) => tag) };
    case 'copying':
      return event;
  }
}

function headerOf(
  model: Model,
  { scores, left }: Extract<HeadScoresEvent, { kind: 'start' }>,
  prompts: ScoresHeader['prompts'],
): ScoresHeader {
  return {
    ...{ model: identityOf(model), shape: model.family.shape, prompts },
    scores: scores.map(({ score: { id, title, rule, about, formula, source, unit, range }, ...on }) => ({
      ...{ id, title, rule, about, formula, source, unit, range },
      ...{ prompts: on.prompts, queries: on.queries, uniform: on.uniform },
    })),
    left: left.map(({ id, counts }) => ({ id, counts })),
    tags: tagRules.filter((rule) => scores.some(({ score }) => score.id === rule.score)),
  };
}

function valuesOf(event: HeadScoresEvent): readonly number[] {
  const summaries =
    event.kind === 'head'
      ? Object.values(event.values)
      : event.kind === 'copying'
        ? [event.logProbability, event.predicted]
        : [];
  return numbersOf(summaries);
}

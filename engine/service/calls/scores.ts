/** Behaviour scores of every head. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { EventOf, RequestOf, Service } from '../../results/index.ts';
import type { ScoresHeader } from '../../results/scores.ts';
import type { Model } from '../../run/index.ts';
import { scoreById } from '../../scores/index.ts';
import type { ScorePrompt } from '../../scores/headScore.ts';
import type { HeadScoresEvent } from '../../scores/headScores.ts';
import { headScores } from '../../scores/headScores.ts';
import { repeatedTokens } from '../../scores/repeatedTokens.ts';
import { taskPrompt } from '../../scores/taskPrompt.ts';
import { taskById } from '../../tasks/index.ts';
import { seededRandom } from '../../tensor/random.ts';
import { Fault } from '../../terms/fault.ts';
import type { ModelSource } from '../openModels.ts';
import { numbersOf, requireFinite } from './finite.ts';
import { identityOf } from './identity.ts';
import { promptsOfFile, taskTokenizer, tokenizerOf } from './prompts.ts';
import { taskPrompts } from './task.ts';

type Request = RequestOf<'scores'>;
type Event = EventOf<'scores'>;

export function scoresCall(models: ModelSource): Service['scores'] {
  return async function* scoreHeads(request, { signal }) {
    const started = performance.now();
    const chosen = request.scores?.map(scoreById);
    const { model, release } = await models.lease(request, signal);
    try {
      const { prompts, header } = readPrompts(model, request);
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

interface Read {
  readonly prompts: readonly ScorePrompt[];
  readonly header: ScoresHeader['prompts'];
}

function readPrompts(model: Model, { prompts: source, seed }: Request): Read {
  const bosId = tokenizerOf(model)?.bosId ?? null;
  switch (source.kind) {
    case 'repeated': {
      const { prompts, length } = repeated(model, source);
      return read(prompts, bosId, { dataset: 'repeated random tokens', repeated: length, seed: source.seed });
    }
    case 'task': {
      const generated = taskPrompts(model, taskById(source.task), source);
      const prompts = generated.prompts.map((prompt) => taskPrompt(prompt, bosId));
      return read(prompts, bosId, { dataset: generated.task, repeated: null, seed: source.seed });
    }
    case 'file': {
      const prompts = promptsOfFile(model, source.file).map((prompt) => taskPrompt(prompt, bosId));
      return read(prompts, bosId, { dataset: basename(source.file.name), repeated: null, seed });
    }
  }
}

function repeated(model: Model, source: Extract<Request['prompts'], { kind: 'repeated' }>) {
  const { vocabulary, outputVocabulary, context } = model.family.shape;
  const { n, seed, length } = source;
  return repeatedTokens({
    ...{ n, context, random: seededRandom(seed), tokenizer: taskTokenizer(model), bosId: bosOf(model, source.bos) },
    vocabulary: Math.min(vocabulary, outputVocabulary),
    ...(length === undefined ? {} : { length }),
  });
}

function bosOf(model: Model, bos: 'model' | 'with' | 'without'): number | null {
  if (bos === 'without') return null;
  if (bos === 'model') return taskTokenizer(model)?.bosId ?? null;
  const id = tokenizerOf(model)?.bosId ?? null;
  if (id !== null) return id;
  throw new Fault({
    what: 'no BOS to put before the prompts',
    where: model.files.path,
    expected: 'a tokenizer with one',
  });
}

function read(
  prompts: readonly ScorePrompt[],
  bosId: number | null,
  about: Pick<ScoresHeader['prompts'], 'dataset' | 'repeated' | 'seed'>,
): Read {
  const ids = prompts.map((prompt) => prompt.ids);
  const header = {
    ...about,
    n: ids.length,
    tokens: ids.reduce((total, row) => total + row.length, 0),
    bosPrepended: bosId !== null && ids.every(([first]) => first === bosId),
    tokenIdsSha256: createHash('sha256').update(JSON.stringify(ids)).digest('hex'),
  };
  return { prompts, header };
}

function toEvent(model: Model, event: HeadScoresEvent, prompts: ScoresHeader['prompts']): Event {
  switch (event.kind) {
    case 'start':
      return { kind: 'start', header: headerOf(model, event, prompts) };
    case 'progress':
      return { kind: 'progress', of: 'layers', done: event.done, total: event.total };
    case 'head':
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

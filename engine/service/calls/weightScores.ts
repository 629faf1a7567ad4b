/** What the weights of every head say. */
import { createHash } from 'node:crypto';
import type { EventOf, RequestOf, Service } from '../../results/index.ts';
import type { WeightsHeader } from '../../results/weightScores.ts';
import type { Model } from '../../run/index.ts';
import type { WeightScore } from '../../scores/weights/list.ts';
import { scoresOfModel, weightScores } from '../../scores/weights/weightScores.ts';
import { ordinaryTokens } from '../../tasks/ordinaryTokens.ts';
import { seededRandom } from '../../tensor/random.ts';
import { Fault } from '../../terms/fault.ts';
import type { ModelSource } from '../openModels.ts';
import { requireFinite } from './finite.ts';
import { identityOf } from './identity.ts';
import { taskTokenizer } from './prompts.ts';
import { weightConventions } from './weightConventions.ts';

type Request = RequestOf<'weightScores'>;

export function weightScoresCall(models: ModelSource): Service['weightScores'] {
  return async function* scoreWeights(request, { signal }) {
    const started = performance.now();
    const { model, release } = await models.lease(request, signal);
    try {
      const { read, left } = scoresOfModel(model, request.scores);
      const sample = read.some(({ sampled }) => sampled) ? drawn(model, request) : null;
      yield { kind: 'start', header: headerOf(model, request, { read, left, sample }) };
      const events = weightScores(model, {
        ...{ scores: read, tokens: sample?.ids ?? [], isWhole: sample?.ids.length === sample?.of, signal },
        ...(request.done === undefined ? {} : { done: request.done }),
      });
      for await (const event of events) {
        if (event.kind === 'head') {
          const means = Object.values(event.values).map(({ mean }) => mean);
          await requireFinite(model, `scores of L${event.layer}H${event.head}`, means, signal);
        }
        yield event.kind === 'progress' ? { ...event, of: 'heads' } : (event satisfies EventOf<'weightScores'>);
      }
      return { seconds: (performance.now() - started) / 1000 };
    } finally {
      release();
    }
  };
}

interface Sample {
  readonly ids: readonly number[];
  /** Ordinary ones among those that were looked at. */
  readonly of: number;
}

function drawn(model: Model, { tokens, seed }: Request): Sample {
  const { vocabulary, outputVocabulary } = model.family.shape;
  const { ids, tried } = ordinaryTokens({
    random: seededRandom(seed),
    tokenizer: taskTokenizer(model),
    vocabulary: Math.min(vocabulary, outputVocabulary),
  });
  if (ids.length > 0) return { ids: ids.slice(0, tokens), of: ids.length };
  throw new Fault({
    what: 'no ordinary tokens to read scores on',
    where: model.files.path,
    expected: 'tokens of letters only',
    got: `none among ${tried}`,
  });
}

interface Chosen {
  readonly read: readonly WeightScore[];
  readonly left: WeightsHeader['left'];
  readonly sample: Sample | null;
}

function headerOf(model: Model, { seed }: Request, { read, left, sample }: Chosen): WeightsHeader {
  const idsSha256 = createHash('sha256')
    .update(JSON.stringify(sample?.ids ?? []))
    .digest('hex');
  return {
    ...{ model: identityOf(model), shape: model.family.shape, left, conventions: weightConventions(model) },
    tokens: sample === null ? null : { n: sample.ids.length, of: sample.of, seed, idsSha256 },
    scores: read.map(({ id, title, rule, about, formula, source, unit, range, sampled }) => ({
      ...{ id, title, rule, about, formula, source, unit, range, sampled },
    })),
  };
}

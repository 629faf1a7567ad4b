/** Is what the runtime computes with this model what its graphs say? */
import type { EventOf, RequestOf, ResultOf, Service } from '../../results/index.ts';
import type { ParityPlace } from '../../results/parity.ts';
import { relativeDifference } from '../../results/parity.ts';
import type { Model } from '../../run/index.ts';
import { compareWithFloat64 } from '../../run/parity/compareWithFloat64.ts';
import { seededRandom } from '../../tensor/random.ts';
import type { ModelSource } from '../openModels.ts';
import { identityOf } from './identity.ts';
import { idsOf } from './prompts.ts';

export function parityCall(models: ModelSource): Service['parity'] {
  return async function* parity(request, { signal }): AsyncGenerator<EventOf<'parity'>, ResultOf<'parity'>, void> {
    const { model, release } = await models.lease(request, signal);
    const started = performance.now();
    try {
      const ids = idsToCompare(model, request);
      yield { kind: 'start', model: identityOf(model), ids };
      const all: ParityPlace[] = [];
      for await (const { done, total, places } of compareWithFloat64(model, ids, signal)) {
        all.push(...places);
        if (places.length > 0) yield { kind: 'places', places };
        yield { kind: 'progress', of: 'steps', done, total };
      }
      return { ...parityVerdict(all), tokens: ids.length, seconds: (performance.now() - started) / 1000 };
    } finally {
      release();
    }
  };
}

/** `agrees` where no difference is over its bound. */
export function parityVerdict(places: readonly ParityPlace[]): Pick<ResultOf<'parity'>, 'verdict' | 'worst' | 'over'> {
  const [first, ...rest] = places;
  if (first === undefined) throw new RangeError('parityVerdict: expected a place, got none');
  const worst = rest.reduce((a, b) => (relativeDifference(b) > relativeDifference(a) ? b : a), first);
  const over = places.filter(({ difference, bound }) => !(difference <= bound));
  return { verdict: over.length === 0 ? 'agrees' : 'differs', worst, over };
}

const RANDOM_TOKENS = 4;

function idsToCompare(model: Model, { prompt }: RequestOf<'parity'>): readonly number[] {
  if (prompt !== undefined) return idsOf(model, prompt);
  const random = seededRandom(0);
  const { vocabulary, context } = model.family.shape;
  return Array.from({ length: Math.min(RANDOM_TOKENS, context) }, () => random.below(vocabulary));
}

/** What it costs that KV heads stream, as rankings choose them. */
import type { DuoQualityHeader, PerKvHead } from '../../results/duo.ts';
import type { EventOf, RequestOf, Service } from '../../results/index.ts';
import type { Model } from '../../run/index.ts';
import { plainIds } from '../../scores/plainIds.ts';
import type { QualityEvent } from '../../scores/streamingQuality.ts';
import { choicesIn, streamingQuality } from '../../scores/streamingQuality.ts';
import { seededRandom } from '../../tensor/random.ts';
import { Fault } from '../../terms/fault.ts';
import { heldOutText, requireLengths } from '../../train/duo/duoTexts.ts';
import type { PasskeyText } from '../../train/duo/passkeyText.ts';
import { requireGateable } from '../../train/duo/trainGates.ts';
import type { ModelSource } from '../openModels.ts';
import { numbersOf, requireFinite } from './finite.ts';
import { identityOf } from './identity.ts';
import { forTasks } from './prompts.ts';

type Request = RequestOf<'duoQuality'>;
type Event = EventOf<'duoQuality'>;

/** A text whose tokens are all predicted in one go. */
const UNITS_PER_RUN = 1;

export function duoQualityCall(models: ModelSource): Service['duoQuality'] {
  return async function* measureStreaming(request, { signal }) {
    const started = performance.now();
    const { model, release } = await models.lease(request, signal);
    try {
      const texts = textsOf(model, request);
      yield { kind: 'start', header: headerOf(model, request, texts) };
      const { rankings, sink, recent, sparsities, draws, seed, done } = request;
      const events = streamingQuality(model, {
        ...{ rankings, window: { sink, recent }, sparsities, draws, seed, signal, ...texts },
        ...(done === undefined ? {} : { done }),
      });
      for await (const event of events) {
        await requireFinite(model, 'quality of streaming heads', valuesOf(event), signal);
        yield toEvent(event);
      }
      return { seconds: (performance.now() - started) / 1000, warnings: [] };
    } finally {
      release();
    }
  };
}

interface Texts {
  readonly passkeyTexts: readonly PasskeyText[];
  readonly plainTexts: readonly (readonly number[])[];
}

/** Throws Fault for a ranking of another shape and for texts that the model can't take. */
function textsOf(model: Model, { rankings, passkeyTexts, plainTexts, seed }: Request): Texts {
  const { family } = model;
  requireGateable(family);
  rankings.forEach(({ name, scores }) => requireShape(name, scores, family.shape));
  const { lengths, passkeys } = passkeyTexts;
  requireLengths(lengths, family.shape.context);
  requireLengths({ from: plainTexts.length, to: plainTexts.length, count: 1 }, family.shape.context);
  const tokenizer = forTasks(model.tokenizer);
  return {
    passkeyTexts: each(passkeyTexts.n, (i) => heldOutText(tokenizer, { lengths, passkeys, seed }, i)),
    plainTexts: each(plainTexts.n, (i) => plainIds(tokenizer, seededRandom(seed * 2 ** 32 + i), plainTexts.length)),
  };
}

function each<T>(n: number, make: (i: number) => T): T[] {
  return Array.from({ length: n }, (_, i) => make(i));
}

function requireShape(name: string, scores: PerKvHead, { layers, kvHeads }: Model['family']['shape']): void {
  const bad = scores.find((row) => row.length !== kvHeads);
  if (scores.length === layers && bad === undefined) return;
  throw new Fault({
    what: 'a ranking of another model',
    where: name,
    expected: `${layers} layers of ${kvHeads} KV heads`,
    got: `${scores.length} layers of ${bad?.length ?? kvHeads}`,
  });
}

function headerOf(model: Model, request: Request, { passkeyTexts, plainTexts }: Texts): DuoQualityHeader {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const { sink, recent } = request;
  return {
    ...{ model: identityOf(model), shape: model.family.shape, sink, recent },
    ...{ units: choicesIn(request), unitsPerRun: UNITS_PER_RUN },
    passkeyTexts: {
      n: passkeyTexts.length,
      tokens: sum(passkeyTexts.map(({ ids }) => ids.length)),
      answers: sum(passkeyTexts.map(({ answers }) => sum(answers.map(([from, to]) => to - from)))),
    },
    plainTexts: { n: plainTexts.length, tokens: sum(plainTexts.map((ids) => ids.length)) },
  };
}

function toEvent(event: QualityEvent): Event {
  if (event.kind === 'progress') return { ...event, of: 'texts' };
  return { ...event, streaming: event.streaming.map(({ layer, kvHead }) => [layer, kvHead] as const) };
}

function valuesOf(event: QualityEvent): readonly number[] {
  return event.kind === 'progress' ? [] : numbersOf([event.answer, event.correct, event.loss]);
}

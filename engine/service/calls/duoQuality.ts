/** What it costs that KV heads stream, as rankings choose them. */
import type { DuoQualityHeader, PerKvHead } from '../../results/duo.ts';
import type { EventOf, RequestOf, Service } from '../../results/index.ts';
import type { Model } from '../../run/index.ts';
import type { QualityEvent } from '../../scores/deployed/deployedQuality.ts';
import { choicesIn, deployedQuality } from '../../scores/deployed/deployedQuality.ts';
import { Fault } from '../../terms/fault.ts';
import { heldOutText, requireLengths } from '../../train/duo/duoTexts.ts';
import type { PasskeyText } from '../../train/duo/passkeyText.ts';
import { requireGateable } from '../../train/duo/trainGates.ts';
import type { ModelSource } from '../openModels.ts';
import { numbersOf, requireFinite } from './finite.ts';
import { identityOf } from './identity.ts';
import type { PlainWindows } from './plainWindows.ts';
import { plainWindows } from './plainWindows.ts';
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
      const events = deployedQuality(model, {
        ...{ rankings, window: { sink, recent }, sparsities, draws, seed, signal },
        ...{ passkeyTexts: texts.passkeys, plainTexts: texts.plain.rows },
        ...(done === undefined ? {} : { done }),
      });
      for await (const event of events) {
        await requireFinite(model, 'quality of streaming heads', valuesOf(event), signal);
        yield toEvent(event);
      }
      const { note } = texts.plain;
      return { seconds: (performance.now() - started) / 1000, warnings: note === null ? [] : [note] };
    } finally {
      release();
    }
  };
}

interface Texts {
  readonly passkeys: readonly PasskeyText[];
  readonly plain: PlainWindows;
}

/** Throws Fault for a ranking of another shape and for texts that the model can't take. */
function textsOf(model: Model, { rankings, passkeyTexts, plainTexts, seed }: Request): Texts {
  const { family } = model;
  requireGateable(family);
  rankings.forEach(({ name, scores }) => requireShape(name, scores, family.shape));
  const { lengths, passkeys } = passkeyTexts;
  requireLengths(lengths, family.shape.context);
  const tokenizer = forTasks(model.tokenizer);
  const textAt = (i: number) => heldOutText(tokenizer, { lengths, passkeys, seed }, i);
  return {
    passkeys: Array.from({ length: passkeyTexts.n }, (_, i) => textAt(i)),
    plain: plainWindows(model, plainTexts, seed),
  };
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

function headerOf(model: Model, request: Request, { passkeys, plain }: Texts): DuoQualityHeader {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const { sink, recent } = request;
  return {
    ...{ model: identityOf(model), shape: model.family.shape, sink, recent },
    ...{ units: choicesIn(request), unitsPerRun: UNITS_PER_RUN },
    passkeyTexts: {
      n: passkeys.length,
      tokens: sum(passkeys.map(({ ids }) => ids.length)),
      answers: sum(passkeys.map(({ answers }) => sum(answers.map(([from, to]) => to - from)))),
    },
    plainTexts: { n: plain.rows.length, tokens: sum(plain.rows.map((ids) => ids.length)), source: plain.source },
  };
}

function toEvent(event: QualityEvent): Event {
  if (event.kind === 'progress') return { ...event, of: 'texts' };
  return { ...event, streaming: event.streaming.map(({ layer, kvHead }) => [layer, kvHead] as const) };
}

function valuesOf(event: QualityEvent): readonly number[] {
  return event.kind === 'progress' ? [] : numbersOf([event.answer, event.correct, event.loss]);
}

/** Which KV heads look far back: RazorAttention's echo and induction heads, and a prior from positions alone. */
import { createHash } from 'node:crypto';
import type { EventOf, RequestOf, Service } from '../../results/index.ts';
import type { StreamingHeader, StreamingHeadsResult } from '../../results/streamingHeads.ts';
import type { Model } from '../../run/index.ts';
import { razorKeep } from '../../scores/streaming/razorKeep.ts';
import type { RazorPrompts } from '../../scores/streaming/razorPrompts.ts';
import { razorPrompts } from '../../scores/streaming/razorPrompts.ts';
import type { StreamingGroup, StreamingHeadsEvent } from '../../scores/streaming/streamingHeads.ts';
import { streamingHeads } from '../../scores/streaming/streamingHeads.ts';
import { seededRandom } from '../../tensor/random.ts';
import type { ModelSource } from '../openModels.ts';
import { numbersOf, requireFinite } from './finite.ts';
import { identityOf } from './identity.ts';
import type { PlainWindows } from './plainWindows.ts';
import { plainWindows } from './plainWindows.ts';
import { taskTokenizer } from './prompts.ts';

type Request = RequestOf<'streamingHeads'>;
type Event = EventOf<'streamingHeads'>;

export function streamingHeadsCall(models: ModelSource): Service['streamingHeads'] {
  return async function* splitHeads(request, { signal }) {
    const started = performance.now();
    const { model, release } = await models.lease(request, signal);
    try {
      const probe = probeOf(model, request);
      const texts = request.prior === null ? null : plainWindows(model, request.prior.texts, request.seed);
      yield { kind: 'start', header: headerOf(model, request, probe, texts) };
      const groups: StreamingGroup[] = [];
      const prior =
        texts === null || request.prior === null ? null : { texts: texts.rows, length: request.prior.length };
      for await (const event of streamingHeads(model, { prompts: probe.prompts, prior, seed: request.seed, signal })) {
        await requireFinite(model, 'streaming scores', numbersIn(event), signal);
        if (event.kind === 'group') groups.push(event);
        yield toEvent(event);
      }
      return { seconds: (performance.now() - started) / 1000, ...keepLists(model, request, groups), warnings: [] };
    } finally {
      release();
    }
  };
}

function probeOf(model: Model, { n, seed, length }: Request): RazorPrompts {
  const { vocabulary, outputVocabulary, context } = model.family.shape;
  const tokenizer = taskTokenizer(model);
  return razorPrompts({
    ...{ n, tokenizer, context, random: seededRandom(seed), bosId: tokenizer?.bosId ?? null },
    vocabulary: Math.min(vocabulary, outputVocabulary),
    ...(length === undefined ? {} : { length }),
  });
}

function headerOf(model: Model, request: Request, probe: RazorPrompts, texts: PlainWindows | null): StreamingHeader {
  const { n, keep, prior } = request;
  const { length, prompts } = probe;
  const [first] = prompts;
  const tokens = first?.ids.length ?? 0;
  const shown = prior === null ? null : Math.min(prior.length, model.family.shape.context);
  return {
    ...{ model: identityOf(model), shape: model.family.shape, n, length, tokens, keep },
    bosPrepended: first !== undefined && first.bosId !== null && first.ids[0] === first.bosId,
    tokenIdsSha256: createHash('sha256')
      .update(JSON.stringify(prompts.map(({ ids }) => ids)))
      .digest('hex'),
    // Queries whose token came before: all but BOS and the first copy.
    razorFactor: (3 * length) / tokens ** 2,
    priorLength: shown,
    notes: [
      probe.note,
      'echo and induction are means over the queries whose token came before; the mean over the whole pattern, which RazorAttention takes, ranks heads alike',
      ...(texts === null ? [] : [`prior: mean query and key over ${texts.rows.length} windows of ${texts.source}`]),
      ...(texts === null || texts.note === null ? [] : [texts.note]),
    ],
  };
}

function toEvent(event: StreamingHeadsEvent): Event {
  return event.kind === 'progress' ? { kind: 'progress', of: 'layers', done: event.done, total: event.total } : event;
}

function keepLists(
  { family: { shape } }: Model,
  { keep }: Request,
  groups: readonly StreamingGroup[],
): Pick<StreamingHeadsResult, 'keep' | 'echo' | 'induction'> {
  const { echo, induction, either } = razorKeep(groups, keep);
  const byLayer = (kept: readonly StreamingGroup[]) =>
    Array.from({ length: shape.layers }, (_, layer) =>
      kept.filter((group) => group.layer === layer).map(({ kvGroup }) => kvGroup),
    );
  return { keep: byLayer(either), echo: byLayer(echo), induction: byLayer(induction) };
}

function numbersIn(event: StreamingHeadsEvent): readonly number[] {
  if (event.kind === 'progress') return [];
  return [...numbersOf([event.echo, event.induction]), ...(event.prior === null ? [] : [event.prior])];
}

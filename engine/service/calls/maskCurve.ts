/** Masks heads of a ranking and asks whether the model still answers and still predicts plain text. */
import { createHash } from 'node:crypto';
import type { MaskArm, MaskCurveHeader } from '../../results/maskCurve.ts';
import type { EventOf, RequestOf, Service } from '../../results/index.ts';
import type { Model } from '../../run/index.ts';
import { isAnswered } from '../../scores/retrieval/masking/isAnswered.ts';
import type { CurveRun, Generation, MaskCurveEvent } from '../../scores/retrieval/masking/maskCurve.ts';
import { maskCurve } from '../../scores/retrieval/masking/maskCurve.ts';
import type { MaskSets } from '../../scores/retrieval/masking/maskSets.ts';
import { maskSets } from '../../scores/retrieval/masking/maskSets.ts';
import type { TargetRun } from '../../scores/retrieval/retrievalScore.ts';
import { Fault } from '../../terms/fault.ts';
import type { ModelSource } from '../openModels.ts';
import { requireFinite } from './finite.ts';
import { identityOf } from './identity.ts';
import type { PlainWindows } from './plainWindows.ts';
import { plainWindows } from './plainWindows.ts';
import { decoded, tokenizerOf } from './prompts.ts';
import { retrievalPlan, withoutUnreadable } from './retrievalPlan.ts';

type Request = RequestOf<'maskCurve'>;
type Event = EventOf<'maskCurve'>;

export function maskCurveCall(models: ModelSource): Service['maskCurve'] {
  return async function* maskHeads(request, { signal }) {
    const started = performance.now();
    const { model, release } = await models.lease(request, signal);
    try {
      const plan = await planOf(model, request);
      yield { kind: 'start', header: headerOf(model, request, plan) };
      const events = maskCurve(model, {
        ...{ runs: plan.runs, texts: plan.texts.rows, scope: request.scope, signal },
        arms: armsOf(request, plan.sets),
        generation: request.mode === 'generate' ? generationOf(model, plan.runs) : null,
        ...(request.done === undefined ? {} : { done: request.done }),
      });
      const unmasked: boolean[] = [];
      for await (const event of events) {
        await requireFinite(model, 'answers under a mask', numbersIn(event), signal);
        if (event.kind === 'run') unmasked.push(event.correct[0] === true);
        yield toEvent(model, event, plan.runs);
      }
      const seconds = (performance.now() - started) / 1000;
      return { seconds, warnings: [...plan.warnings, ...cannotAnswer(unmasked)] };
    } finally {
      release();
    }
  };
}

/** A run with an answer, and what its prompt asks for. */
type PlannedRun = TargetRun & CurveRun & { readonly prompt: 'answer' | 'steps' };

interface Plan {
  readonly runs: readonly PlannedRun[];
  readonly texts: PlainWindows;
  readonly sets: MaskSets;
  readonly warnings: readonly string[];
}

/** Throws Fault for runs, texts and heads that can't be had. */
async function planOf(model: Model, request: Request): Promise<Plan> {
  const { seed, ranking, ks, draws } = request;
  const texts = plainWindows(model, request.texts, seed);
  const sets = maskSets({ shape: model.family.shape, ranking, ks, draws, seed });
  const runs: PlannedRun[] = [];
  const warnings: string[] = [];
  for (const source of request.runs) {
    const mode = request.mode === 'generate' ? 'generate' : 'forced';
    const planned = withoutUnreadable(await retrievalPlan(model, { runs: source, mode, seed }), whyNotJudged);
    runs.push(...planned.runs.flatMap((run) => withAnswer(run, planned.prompt ?? 'answer')));
    if (planned.left.length > 0) warnings.push(`${planned.left.length} runs were left out: ${planned.left[0]?.reason}`);
  }
  return { runs, texts, sets, warnings: texts.note === null ? warnings : [...warnings, texts.note] };
}

function whyNotJudged({ id, answer }: TargetRun): Fault | null {
  if (answer !== null) return null;
  return new Fault({
    what: 'a run without an answer',
    where: id,
    expected: 'what the model should say',
    got: 'none',
  });
}

function withAnswer(run: TargetRun, prompt: 'answer' | 'steps'): readonly PlannedRun[] {
  const { answer } = run;
  return answer === null ? [] : [{ ...run, answer, prompt }];
}

function armsOf({ masks }: Request, { sets }: MaskSets) {
  return masks.flatMap((mask) => sets.map((set) => ({ mask, set })));
}

function headerOf(model: Model, request: Request, { runs, texts, sets }: Plan): MaskCurveHeader {
  const { scope, mode, seed } = request;
  const asIs: MaskArm = { mask: null, set: 'none', k: 0, draw: null, heads: [] };
  return {
    ...{ model: identityOf(model), shape: model.family.shape, scope, mode, seed },
    arms: [asIs, ...armsOf(request, sets).map(({ mask, set }): MaskArm => ({ mask, ...set }))],
    runs: runs.length,
    texts: {
      n: texts.rows.length,
      length: request.texts.length,
      source: texts.source,
      tokenIdsSha256: texts.tokenIdsSha256,
    },
    runIdsSha256: createHash('sha256')
      .update(JSON.stringify(runs.map(({ ids }) => ids)))
      .digest('hex'),
    notes: [...notesOf(request), ...sets.notes],
  };
}

function notesOf({ scope, mode, texts }: Request): string[] {
  return [
    scope === 'decode'
      ? "heads are masked from the prompt's last token on (as Wu et al. do), in plain text from the middle of each window on"
      : 'heads are masked at every position',
    mode === 'forced'
      ? 'correct: every token of the answer is the first choice after the ones before it, so that greedy decoding says exactly the answer'
      : 'correct: the generated text has more than half of the words of the answer, as in detection',
    "first choice and log probability: over the tokens of the answer, put right behind the prompt; the share that is the model's first choice, and the mean in nats",
    ...(texts.n === 0 ? [] : ['perplexity: of the second half of each window after the first']),
  ];
}

/** Of the rows that were measured now. */
function cannotAnswer(correct: readonly boolean[]): readonly string[] {
  if (correct.length === 0 || correct.includes(true)) return [];
  return [
    `the model answers none of ${correct.length} prompts: no mask can break what is not there, only first choices and log probability say something`,
  ];
}

/** What a model's greedy answer is judged by. */
function generationOf(model: Model, runs: readonly PlannedRun[]): Generation {
  const tokenizer = tokenizerOf(model);
  const { endIds } = model;
  return {
    endIds,
    isCorrect: (run, said) => {
      const target = runs[run];
      const bare = said.filter((id) => !endIds.includes(id));
      return target !== undefined && isAnswered(target, bare, tokenizer === null ? null : decoded(tokenizer, bare));
    },
  };
}

function toEvent(model: Model, event: MaskCurveEvent, runs: readonly PlannedRun[]): Event {
  if (event.kind === 'progress') return { kind: 'progress', of: 'rows', done: event.done, total: event.total };
  if (event.kind === 'text')
    return { kind: 'row', of: 'text', text: event.text, tokens: event.tokens, loss: event.loss };
  const run = runs[event.run];
  if (run === undefined) throw new RangeError('a row of a run that was not asked for');
  const { id, needle, length, depth, prompt, ids, answerText, answer } = run;
  const { correct, firstChoice, logProbability } = event;
  return {
    ...{ kind: 'row', of: 'run', run: event.run, id, needle, length, depth, prompt, tokens: ids.length },
    ...{ answer: answerText, answerIds: answer, correct, firstChoice, logProbability },
    said: event.said?.map((one) => textOf(model, one)) ?? null,
  };
}

function textOf(model: Model, ids: readonly number[]): string {
  const tokenizer = tokenizerOf(model);
  return tokenizer === null ? ids.join(' ') : decoded(tokenizer, ids);
}

function numbersIn(event: MaskCurveEvent): readonly number[] {
  if (event.kind === 'progress') return [];
  return event.kind === 'text' ? event.loss : event.logProbability;
}

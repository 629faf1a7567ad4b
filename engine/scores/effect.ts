/**
 * What one set of units does, as quickly as it can be said: the next tokens of one prompt first, then the metric over all of
 * them, then random sets of the same make-up beside it. Conventions as in ablation.ts: every change is edited minus clean.
 */
import { CleanRun, KEPT_BYTES } from '../run/cleanRun.ts';
import type { Model } from '../run/index.ts';
import { prioritised } from '../run/index.ts';
import type { SweepUnit } from '../run/sweep.ts';
import { sweep } from '../run/sweep.ts';
import { summariseShare } from '../tasks/statistics.ts';
import type { Prompt } from '../tasks/task.ts';
import { seededRandom } from '../tensor/random.ts';
import { Fault } from '../terms/fault.ts';
import type { Summary } from '../terms/summary.ts';
import type { AblationOn } from './ablation.ts';
import { checkAblation, referenceOf } from './ablation.ts';
import { EffectScene } from './effectScene.ts';
import type { Units } from './unitSet.ts';
import { randomLike, replacementsOf } from './unitSet.ts';

export interface EffectRequest extends Omit<AblationOn, 'done' | 'unitsPerRun'> {
  readonly set: Units;
  readonly randomSets: number;
  /** Index of the prompt whose next tokens are given. */
  readonly shown: number;
}

export type EffectEvent =
  /** Logits [V] of the shown prompt at its answer position. */
  | { readonly kind: 'next'; readonly clean: Float32Array; readonly edited: Float32Array }
  | {
      readonly kind: 'metric';
      readonly before: Summary;
      readonly after: Summary;
      readonly change: Summary;
      readonly accuracyBefore: Summary;
      readonly accuracyAfter: Summary;
      /** KL(clean || edited) of the next-token distribution, in nats. */
      readonly kl: Summary;
    }
  /** Mean metric with a random set replaced. */
  | {
      readonly kind: 'random';
      readonly index: number;
      readonly set: Units;
      readonly after: number;
      readonly change: number;
    };

/** The unedited runs of the latest prompts, so that the next set of units on them starts in the middle; 256 MB at most. */
export class CleanRuns {
  readonly #model: Model;
  /** In order of last use. */
  readonly #runs = new Map<string, CleanRun>();

  constructor(model: Model) {
    this.#model = model;
  }

  /** Its logits are those at the answer positions. */
  of(prompts: readonly Prompt[]): CleanRun {
    const ids = prompts.map((prompt) => prompt.ids);
    const key = JSON.stringify([ids, prompts.map(({ answerPosition }) => answerPosition)]);
    const run = this.#runs.get(key) ?? new CleanRun(this.#model, ids, true);
    this.#runs.delete(key);
    if (!run.keepsAll) return run;
    this.#runs.set(key, run);
    this.#forget();
    return run;
  }

  #forget(): void {
    let held = [...this.#runs.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    for (const [key, { bytes }] of this.#runs) {
      if (held <= KEPT_BYTES) return;
      this.#runs.delete(key);
      held -= bytes;
    }
  }
}

/** Throws Fault for an empty set, and where the prompts don't allow the kind of ablation. */
export async function* effect(
  model: Model,
  request: EffectRequest,
  runs: CleanRuns = new CleanRuns(model),
): AsyncGenerator<EffectEvent> {
  checkAblation(request);
  const unit = replacementsOf(model.family, request.set, request.kind);
  const scene = new EffectScene(request);
  const alone = shownAlone(request);
  if (alone !== null) yield await nextOf(measured(model, alone, [unit], runs), 0);
  const results = measured(model, request, [unit], runs);
  const clean = await firstOf(results);
  const { metric: before, accuracy: accuracyBefore } = scene.baseline(clean);
  const edited = await firstOf(results);
  if (alone === null) yield { kind: 'next', clean: rowOf(clean, request), edited: rowOf(edited, request) };
  const { values, changes, kl, correct } = scene.compare(edited);
  yield {
    ...{ kind: 'metric', before, accuracyBefore, accuracyAfter: summariseShare(correct) },
    after: scene.summarise(values),
    change: scene.summarise(changes),
    kl: scene.summarise(kl),
  };
  // What was asked is answered: the rest lets others go first.
  yield* prioritised('job', randomSets(model, request, scene, runs));
}

type Logits = { readonly data: Float32Array; readonly axes: Parameters<EffectScene['baseline']>[0]['axes'] };

async function* randomSets(
  model: Model,
  request: EffectRequest,
  scene: EffectScene,
  runs: CleanRuns,
): AsyncGenerator<EffectEvent> {
  const random = seededRandom(request.seed);
  const sets = Array.from({ length: request.randomSets }, () => randomLike(model.family, request.set, random));
  const units = sets.map((set) => replacementsOf(model.family, set, request.kind));
  if (units.length === 0) return;
  for await (const { unit, logits } of measured(model, request, units, runs)) {
    if (unit === null) continue;
    const index = units.indexOf(unit);
    const { values, changes } = scene.compare(logits);
    const set = sets[index];
    if (set === undefined) throw new RangeError('the sweep gave a unit that was not asked for');
    yield { kind: 'random', index, set, after: meanOf(values), change: meanOf(changes) };
  }
}

/** The shown prompt by itself, where what is put in is known from it alone. */
function shownAlone(request: EffectRequest): EffectRequest | null {
  const prompt = request.prompts[request.shown];
  if (prompt === undefined) {
    const last = request.prompts.length - 1;
    throw new Fault({ what: 'no such prompt', expected: `0 to ${last}`, got: String(request.shown) });
  }
  return request.kind === 'mean' || request.prompts.length === 1 ? null : { ...request, prompts: [prompt], shown: 0 };
}

async function* measured(model: Model, request: EffectRequest, units: readonly SweepUnit[], runs: CleanRuns) {
  const { prompts, kind, scaleBy, signal } = request;
  const ids = prompts.map((prompt) => prompt.ids);
  const results = sweep(model, {
    ...{ ids, units, kind, clean: runs.of(prompts) },
    answerPositions: prompts.map(({ answerPosition }) => answerPosition),
    ...(scaleBy === undefined ? {} : { scaleBy }),
    ...referenceOf(request),
    ...(signal === undefined ? {} : { signal }),
  });
  for (;;) {
    const step = await model.exclusive(() => results.next());
    if (step.done === true) return;
    yield step.value;
  }
}

async function firstOf(results: AsyncGenerator<{ readonly logits: Logits }>): Promise<Logits> {
  const step = await results.next();
  if (step.done === true) throw new RangeError('the sweep ended early');
  return step.value.logits;
}

async function nextOf(results: AsyncGenerator<{ readonly logits: Logits }>, shown: number): Promise<EffectEvent> {
  const one = { prompts: [null], shown };
  return { kind: 'next', clean: rowOf(await firstOf(results), one), edited: rowOf(await firstOf(results), one) };
}

function rowOf({ data }: Logits, { prompts, shown }: { readonly prompts: readonly unknown[]; readonly shown: number }) {
  const width = data.length / prompts.length;
  return data.slice(shown * width, (shown + 1) * width);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Effects of sets of heads: pairs and what they do beyond the sum of both, sets grown greedily, sets that are given. */
import type { Family } from '../arch/architecture.ts';
import { CleanRun } from '../run/cleanRun.ts';
import type { Model } from '../run/index.ts';
import type { SweepResult, SweepUnit } from '../run/sweep.ts';
import { sweep, sweepOrder, unitsPerRun } from '../run/sweep.ts';
import { Fault } from '../terms/fault.ts';
import { measures } from '../terms/measures.ts';
import type { Summary } from '../terms/summary.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { AblationKind, AblationOn } from './ablation.ts';
import { checkAblation, planOf, referenceOf } from './ablation.ts';
import { EffectScene } from './effectScene.ts';
import type { HeadPlace, Units } from './unitSet.ts';
import { replacementsOf } from './unitSet.ts';

export type SetsPlan =
  | { readonly kind: 'pairs'; readonly heads: readonly HeadPlace[] }
  | {
      readonly kind: 'greedy';
      readonly candidates: readonly HeadPlace[];
      readonly steps: number;
      /** Adds the head that hurts the metric most, or the one that helps it most. */
      readonly choose: 'worst' | 'best';
    }
  | { readonly kind: 'list'; readonly sets: readonly (readonly HeadPlace[])[] };

export interface AblateSetsRequest extends AblationOn {
  readonly sets: SetsPlan;
}

type Sets<K extends SetsPlan['kind']> = Extract<SetsPlan, { kind: K }>;

export interface SetEffect {
  readonly heads: readonly HeadPlace[];
  /** metric(edited) - metric(clean) over prompts. */
  readonly effect: Summary;
  readonly kl: Summary;
  /** Pairs: effect(a, b) - effect(a) - effect(b), prompt by prompt; null for a head alone and in other plans. */
  readonly interaction: Summary | null;
  /** Greedy: the step that tried the set. */
  readonly step: number | null;
}

export type AblateSetsEvent =
  | { readonly kind: 'baseline'; readonly metric: Summary; readonly accuracy: Summary }
  | ({ readonly kind: 'set' } & SetEffect)
  | { readonly kind: 'chosen'; readonly step: number; readonly head: HeadPlace }
  | { readonly kind: 'progress'; readonly done: number; readonly total: number };

/** How many sets a plan measures. */
export function setsIn(plan: SetsPlan): number {
  switch (plan.kind) {
    case 'pairs':
      return (plan.heads.length * (plan.heads.length + 1)) / 2;
    case 'greedy': {
      const steps = Math.min(plan.steps, plan.candidates.length);
      return Array.from({ length: steps }, (_, step) => plan.candidates.length - step).reduce((a, b) => a + b, 0);
    }
    case 'list':
      return plan.sets.length;
  }
}

/** Units that share a batch; see `ablationUnitsPerRun`. */
export function setsPerRun(model: Model, { prompts }: Pick<AblationOn, 'prompts'>): number {
  return unitsPerRun(
    model.family,
    prompts.map(({ ids }) => ids),
  );
}

/**
 * Baseline first. `done` counts the sets of pairs and lists; a greedy run begins anew. Throws Fault, before anything runs, for an
 * empty set, a head that the model lacks or that stands twice in one set, and prompts that don't allow the kind of ablation.
 */
export async function* ablateSets(model: Model, request: AblateSetsRequest): AsyncGenerator<AblateSetsEvent> {
  checkAblation(request);
  for (const heads of setsGiven(request.sets)) checkSet(model.family, heads, request.kind);
  const run = new SetsRun(model, request);
  yield { kind: 'baseline', ...(await run.baseline()) };
  const { sets } = request;
  if (sets.kind === 'pairs') yield* run.pairs(sets);
  else if (sets.kind === 'greedy') yield* run.greedy(sets);
  else yield* run.list(sets);
}

function setsGiven(plan: SetsPlan): readonly (readonly HeadPlace[])[] {
  if (plan.kind === 'list') return plan.sets;
  return [plan.kind === 'pairs' ? plan.heads : plan.candidates];
}

function checkSet(family: Family, heads: readonly HeadPlace[], kind: AblationKind): void {
  replacementsOf(family, setOf(heads), kind);
  const twice = heads.find((head, i) => heads.slice(0, i).some((other) => placeKey([other]) === placeKey([head])));
  if (twice === undefined) return;
  throw new Fault({ what: 'a head twice in one set', expected: 'once', got: `L${twice.layer}H${twice.head}` });
}

function setOf(heads: readonly HeadPlace[]): Units {
  return { heads, kvGroups: [], layers: [], mlps: [] };
}

class SetsRun {
  readonly #model: Model;
  readonly #request: AblateSetsRequest;
  readonly #scene: EffectScene;
  readonly #clean: CleanRun;
  readonly #total: number;
  #done = 0;

  constructor(model: Model, request: AblateSetsRequest) {
    this.#model = model;
    this.#request = request;
    this.#scene = new EffectScene(request);
    this.#total = setsIn(request.sets);
    this.#clean = new CleanRun(
      model,
      request.prompts.map(({ ids }) => ids),
      true,
    );
  }

  async baseline(): Promise<{ metric: Summary; accuracy: Summary }> {
    const results = this.#sweep([], 0);
    const step = await results.next();
    if (step.done === true) throw new RangeError('the sweep gave no baseline');
    return this.#scene.baseline(step.value.logits);
  }

  async *list({ sets }: Sets<'list'>): AsyncGenerator<AblateSetsEvent> {
    for await (const { heads, logits } of this.#measure(sets, this.#request.done ?? 0)) {
      yield* this.#found(heads, logits, null, null);
    }
  }

  /** Heads alone first, for every pair needs two of them. */
  async *pairs({ heads }: Sets<'pairs'>): AsyncGenerator<AblateSetsEvent> {
    const known = this.#request.done ?? 0;
    const alone = new Map<string, readonly number[]>();
    let at = 0;
    for await (const { heads: single, logits } of this.#measure(
      heads.map((head) => [head]),
      0,
    )) {
      alone.set(placeKey(single), this.#scene.compare(logits).changes);
      if (at++ >= known) yield* this.#found(single, logits, null, null);
      else this.#done++;
    }
    const pairs = heads.flatMap((a, i) => heads.slice(i + 1).map((b) => [a, b] as const));
    for await (const { heads: pair, logits } of this.#measure(pairs, Math.max(0, known - heads.length))) {
      const [a, b] = pair.map((head) => alone.get(placeKey([head])) ?? []);
      const { changes } = this.#scene.compare(logits);
      const beyond = changes.map((change, i) => change - (a?.[i] ?? NaN) - (b?.[i] ?? NaN));
      yield* this.#found(pair, logits, this.#scene.summarise(beyond), null);
    }
  }

  async *greedy({ candidates, steps, choose }: Sets<'greedy'>): AsyncGenerator<AblateSetsEvent> {
    const chosen: HeadPlace[] = [];
    for (let step = 0; step < Math.min(steps, candidates.length); step++) {
      const left = candidates.filter((head) => !chosen.some((known) => placeKey([known]) === placeKey([head])));
      let best: { readonly head: HeadPlace; readonly harm: number } | null = null;
      for await (const { heads, logits } of this.#measure(
        left.map((head) => [...chosen, head]),
        0,
      )) {
        const events = this.#found(heads, logits, null, step);
        for (const event of events) {
          yield event;
          if (event.kind !== 'set') continue;
          const head = heads.at(-1);
          const harm = this.#harmOf(event.effect.mean) * (choose === 'worst' ? 1 : -1);
          if (head !== undefined && (best === null || harm > best.harm)) best = { head, harm };
        }
      }
      if (best === null) return;
      chosen.push(best.head);
      yield { kind: 'chosen', step, head: best.head };
    }
  }

  /** How much worse the metric gets. */
  #harmOf(effect: number): number {
    return measures[this.#request.metric].better === 'higher' ? -effect : effect;
  }

  *#found(
    heads: readonly HeadPlace[],
    logits: Tensor,
    interaction: Summary | null,
    step: number | null,
  ): Generator<AblateSetsEvent> {
    yield { kind: 'set', heads, ...this.#scene.effect(logits), interaction, step };
    yield { kind: 'progress', done: ++this.#done, total: this.#total };
  }

  /** In the order of the sweep; the first `known` are left out. */
  async *#measure(
    sets: readonly (readonly HeadPlace[])[],
    known: number,
  ): AsyncGenerator<{ readonly heads: readonly HeadPlace[]; readonly logits: Tensor }> {
    const units = new Map<SweepUnit, readonly HeadPlace[]>();
    for (const heads of sets) units.set(this.#unitOf(heads), heads);
    this.#done += Math.min(known, sets.length);
    for await (const { unit, logits } of this.#sweep([...units.keys()], known)) {
      const heads = unit === null ? undefined : units.get(unit);
      if (heads !== undefined) yield { heads, logits };
    }
  }

  #unitOf(heads: readonly HeadPlace[]): SweepUnit {
    return replacementsOf(this.#model.family, setOf(heads), this.#request.kind);
  }

  async *#sweep(
    units: readonly SweepUnit[],
    known: number,
  ): AsyncGenerator<SweepResult | { readonly unit: null; readonly logits: Tensor }> {
    const { prompts, kind, signal } = this.#request;
    const results = sweep(this.#model, {
      ...{ ids: prompts.map(({ ids }) => ids), units: sweepOrder(units), kind, clean: this.#clean },
      answerPositions: prompts.map(({ answerPosition }) => answerPosition),
      ...{ ...planOf(this.#request), done: known },
      ...referenceOf(this.#request),
      ...(signal === undefined ? {} : { signal }),
    });
    for (;;) {
      const step = await this.#model.exclusive(() => results.next());
      if (step.done === true) return;
      yield step.value;
    }
  }
}

function placeKey(heads: readonly HeadPlace[]): string {
  return heads.map(({ layer, head }) => `${layer}.${head}`).join();
}

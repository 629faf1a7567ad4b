/**
 * Causal importance: what a metric loses when one unit's output is replaced. Every effect is edited minus clean.
 * Conventions, all at every position: zero, mean and resample replace z before W_O, scale multiplies it, and uniform sets a
 * head's scores to 0, which leaves it the mean of the values that it sees.
 */
import type { Family } from '../arch/architecture.ts';
import type { Model } from '../run/index.ts';
import type { Replacement, SweepUnit } from '../run/sweep.ts';
import { sweep, unitsPerRun } from '../run/sweep.ts';
import { requireScorable } from '../tasks/metrics.ts';
import type { MetricId, Prompt } from '../tasks/task.ts';
import { Fault } from '../terms/fault.ts';
import type { Summary } from '../terms/summary.ts';
import { EffectScene } from './effectScene.ts';

/** `uniform` makes a head's attention even over the keys that it sees; the others say what takes the place of its output. */
export type AblationKind = 'zero' | 'mean' | 'resample' | 'scale' | 'uniform';
export type AblationUnit = 'head' | 'kv-group' | 'layer' | 'mlp';

/** How a sweep is cut into runs, and where it begins. */
export interface AblationPlan {
  /** Factor of `scale`. */
  readonly scaleBy?: number;
  /** Units that are known already, from the first: they are not measured again. */
  readonly done?: number;
  /** Units in a batch, where a run goes on that was planned before: the same plan gives the same numbers to the last bit. */
  readonly unitsPerRun?: number;
}

/** What every ablation says, whatever its units are. */
export interface AblationOn extends AblationPlan {
  readonly prompts: readonly Prompt[];
  readonly metric: MetricId;
  readonly kind: AblationKind;
  /** Prompts (ids) that `mean` averages over; the run's own where omitted. */
  readonly reference?: readonly (readonly number[])[];
  /** `mean` over prompts of unequal length is refused unless positions are counted from the end. */
  readonly align?: 'end';
  /** Of the bootstrap. */
  readonly seed: number;
  readonly signal?: AbortSignal;
}

export interface AblationRequest extends AblationOn {
  readonly unit: AblationUnit;
}

export type AblationEvent =
  | { readonly kind: 'baseline'; readonly metric: Summary; readonly accuracy: Summary }
  | {
      readonly kind: 'unit';
      readonly layer: number;
      readonly head?: number;
      readonly kvGroup?: number;
      /** metric(edited) - metric(clean) over prompts. */
      readonly effect: Summary;
      /** KL(clean || edited) of the next-token distribution at the answer position, in nats. */
      readonly kl: Summary;
    }
  | { readonly kind: 'progress'; readonly done: number; readonly total: number };

/** Baseline first, then every unit in layer order. Throws Fault where the prompts don't allow the kind of ablation. */
export async function* ablate(model: Model, request: AblationRequest): AsyncGenerator<AblationEvent> {
  checkAblation(request);
  const units = unitsOf(model.family, request.unit, request.kind);
  const scene = new EffectScene(request);
  const results = sweep(model, {
    ids: request.prompts.map(({ ids }) => ids),
    answerPositions: request.prompts.map(({ answerPosition }) => answerPosition),
    units: units.map(({ sweep: unit }) => unit),
    kind: request.kind,
    ...planOf(request),
    ...referenceOf(request),
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  });
  let done = request.done ?? 0;
  for (;;) {
    const step = await model.exclusive(() => results.next());
    if (step.done === true) return;
    const { unit, logits } = step.value;
    if (unit === null) yield { kind: 'baseline', ...scene.baseline(logits) };
    else {
      const named = units.find((candidate) => candidate.sweep === unit);
      if (named === undefined) throw new RangeError('the sweep gave a unit that was not asked for');
      yield { kind: 'unit', ...named.name, ...scene.effect(logits) };
      yield { kind: 'progress', done: ++done, total: units.length };
    }
  }
}

interface NamedUnit {
  readonly sweep: SweepUnit;
  readonly name: { readonly layer: number; readonly head?: number; readonly kvGroup?: number };
}

/** Units that share a batch: what a run that goes on must be given again. */
export function ablationUnitsPerRun(model: Model, { prompts }: Pick<AblationRequest, 'prompts'>): number {
  return unitsPerRun(
    model.family,
    prompts.map(({ ids }) => ids),
  );
}

/** Every unit of the model, in layer order. Throws Fault for MLPs of a model that has none, and for what has no attention. */
export function unitsOf(family: Family, unit: AblationUnit, kind: AblationKind = 'zero'): NamedUnit[] {
  const { layers, heads, kvHeads } = family.shape;
  const perLayer = (layer: number): NamedUnit[] => {
    if (unit === 'mlp' || unit === 'layer') return [{ sweep: [wholeOf(family, layer, unit, kind)], name: { layer } }];
    const groups = unit === 'head' ? heads : kvHeads;
    return Array.from({ length: groups }, (_, group) => ({
      sweep: [headsOf(layer, headsInGroup(heads / groups, group), kind)],
      name: unit === 'head' ? { layer, head: group } : { layer, kvGroup: group },
    }));
  };
  return Array.from({ length: layers }, (_, layer) => perLayer(layer)).flat();
}

/** Query heads as one replacement. */
export function headsOf(layer: number, heads: readonly number[], kind: AblationKind): Replacement {
  return { layer, sites: [kind === 'uniform' ? 'scores' : 'z'], heads };
}

/** An MLP, or a layer's attention and MLP together. */
export function wholeOf(family: Family, layer: number, unit: 'mlp' | 'layer', kind: AblationKind): Replacement {
  const { mlpWidth } = family.shape;
  if (kind === 'uniform') {
    throw new Fault({
      what: 'uniform attention',
      expected: 'heads or KV groups',
      got: unit === 'mlp' ? 'an MLP' : 'a layer',
    });
  }
  if (unit === 'layer') return { layer, sites: mlpWidth === null ? ['attnOut'] : ['attnOut', 'mlpOut'] };
  if (mlpWidth === null) throw new Fault({ what: 'this model has no MLP to ablate' });
  return { layer, sites: ['mlpOut'] };
}

/** The query heads that share a KV head. */
export function headsInGroup(size: number, group: number): number[] {
  return Array.from({ length: size }, (_, i) => group * size + i);
}

export function planOf({ scaleBy, done, unitsPerRun: planned }: AblationPlan) {
  return {
    ...(scaleBy === undefined ? {} : { scaleBy }),
    ...(done === undefined ? {} : { done }),
    ...(planned === undefined ? {} : { unitsPerRun: planned }),
  };
}

export function referenceOf({ kind, prompts, reference }: AblationOn): { reference?: readonly (readonly number[])[] } {
  if (kind === 'resample') return { reference: prompts.map(({ corruptIds }) => corruptIds ?? []) };
  return kind === 'mean' && reference !== undefined ? { reference } : {};
}

export function checkAblation(request: AblationOn): void {
  const { prompts, metric, kind } = request;
  if (prompts.length === 0) throw new Fault({ what: 'no prompts to ablate on', expected: 'at least one' });
  prompts.forEach((prompt, i) => requireScorable(prompt, metric, `prompt ${i + 1}`));
  if (kind === 'mean') checkMean(request);
  if (kind === 'scale' && request.scaleBy === undefined) throw new Fault({ what: 'scale needs a factor' });
  const without = kind === 'resample' ? prompts.findIndex(({ corruptIds }) => corruptIds === null) : -1;
  if (without < 0) return;
  throw new Fault({
    what: 'resample needs a corrupt prompt',
    where: `prompt ${without + 1}`,
    expected: 'corrupt or corruptIds',
    got: 'none',
  });
}

function checkMean({ prompts, reference, align }: AblationOn): void {
  if (reference?.length === 0) throw new Fault({ what: 'no reference prompts', expected: 'at least one' });
  const lengths = new Set([...prompts.map(({ ids }) => ids.length), ...(reference ?? []).map((ids) => ids.length)]);
  if (lengths.size === 1 || align === 'end') return;
  throw new Fault({
    what: 'a mean per position needs prompts of one length',
    expected: 'equal lengths, or positions counted from the end (--align end)',
    got: `${Math.min(...lengths)} to ${Math.max(...lengths)} tokens`,
  });
}

/**
 * Causal importance: what a metric loses when one unit's output is replaced. Every effect is edited minus clean.
 * Conventions (specs: head-scores-and-pruning D.2): zero_z, mean_z, resample_z, at all positions.
 */
import type { Family } from '../arch/architecture.ts';
import type { Model } from '../run/index.ts';
import type { Replacement, SweepUnit } from '../run/sweep.ts';
import { sweep, unitsPerRun } from '../run/sweep.ts';
import type { Distribution } from '../tasks/metrics.ts';
import { distribution, isCorrect, klDivergence, metrics, requireScorable } from '../tasks/metrics.ts';
import { summariser, summariseShare } from '../tasks/statistics.ts';
import type { MetricId, Prompt } from '../tasks/task.ts';
import { Fault } from '../terms/fault.ts';
import type { Summary } from '../terms/summary.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** `uniform` makes a head's attention even over the keys that it sees; the others say what takes the place of its output. */
export type AblationKind = 'zero' | 'mean' | 'resample' | 'scale' | 'uniform';
export type AblationUnit = 'head' | 'kv-group' | 'layer' | 'mlp';

export interface AblationRequest {
  readonly prompts: readonly Prompt[];
  readonly metric: MetricId;
  readonly kind: AblationKind;
  readonly unit: AblationUnit;
  /** Factor of `scale`. */
  readonly scaleBy?: number;
  /** Units that are known already, from the first: they are not measured again. */
  readonly done?: number;
  /** Units in a batch, where a run goes on that was planned before: the same plan gives the same numbers to the last bit. */
  readonly unitsPerRun?: number;
  /** Prompts (ids) that `mean` averages over; the run's own where omitted. */
  readonly reference?: readonly (readonly number[])[];
  /** `mean` over prompts of unequal length is refused unless positions are counted from the end. */
  readonly align?: 'end';
  /** Of the bootstrap. */
  readonly seed: number;
  readonly signal?: AbortSignal;
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
  checkRequest(request);
  const units = unitsOf(model.family, request.unit, request.kind);
  const scene = new Scene(request);
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
    if (unit === null) yield scene.baseline(logits);
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
export function ablationUnitsPerRun(
  model: Model,
  { prompts, kind }: Pick<AblationRequest, 'prompts' | 'kind'>,
): number {
  return unitsPerRun(
    model.family,
    prompts.map(({ ids }) => ids),
    kind,
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
  return { layer, sites: [kind === 'uniform' ? 'pattern' : 'z'], heads };
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

function planOf({ scaleBy, done, unitsPerRun: planned }: AblationRequest) {
  return {
    ...(scaleBy === undefined ? {} : { scaleBy }),
    ...(done === undefined ? {} : { done }),
    ...(planned === undefined ? {} : { unitsPerRun: planned }),
  };
}

/** The clean side of a run: per-prompt metric and distribution, filled by the baseline. */
class Scene {
  readonly #request: AblationRequest;
  readonly #summarise: (values: ArrayLike<number>) => Summary;
  #clean: { readonly metric: readonly number[]; readonly distributions: readonly Distribution[] } | null = null;

  constructor(request: AblationRequest) {
    this.#request = request;
    this.#summarise = summariser(request.prompts.length, request.seed);
  }

  baseline(logits: Tensor): AblationEvent {
    const rows = this.#rows(logits);
    this.#clean = { metric: this.#metric(rows), distributions: rows.map(distribution) };
    const correct = this.#request.prompts.map((prompt, i) => isCorrect(at(rows, i), prompt));
    return { kind: 'baseline', metric: this.#summarise(this.#clean.metric), accuracy: summariseShare(correct) };
  }

  effect(logits: Tensor): { effect: Summary; kl: Summary } {
    const clean = this.#clean;
    if (clean === null) throw new RangeError('the sweep gave a unit before the baseline');
    const rows = this.#rows(logits);
    const effect = this.#metric(rows).map((value, i) => value - at(clean.metric, i));
    const kl = rows.map((row, i) => klDivergence(at(clean.distributions, i), row));
    return { effect: this.#summarise(effect), kl: this.#summarise(kl) };
  }

  #metric(rows: readonly Float32Array[]): number[] {
    const metric = metrics[this.#request.metric];
    return this.#request.prompts.map((prompt, i) => metric(at(rows, i), prompt));
  }

  #rows({ data }: Tensor): Float32Array[] {
    const n = this.#request.prompts.length;
    const width = data.length / n;
    return Array.from({ length: n }, (_, i) => data.subarray(i * width, (i + 1) * width));
  }
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError(`no item ${index} of ${items.length}`);
  return item;
}

function referenceOf({ kind, prompts, reference }: AblationRequest): { reference?: readonly (readonly number[])[] } {
  if (kind === 'resample') return { reference: prompts.map(({ corruptIds }) => corruptIds ?? []) };
  return kind === 'mean' && reference !== undefined ? { reference } : {};
}

function checkRequest(request: AblationRequest): void {
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

function checkMean({ prompts, reference, align }: AblationRequest): void {
  if (reference?.length === 0) throw new Fault({ what: 'no reference prompts', expected: 'at least one' });
  const lengths = new Set([...prompts.map(({ ids }) => ids.length), ...(reference ?? []).map((ids) => ids.length)]);
  if (lengths.size === 1 || align === 'end') return;
  throw new Fault({
    what: 'a mean per position needs prompts of one length',
    expected: 'equal lengths, or positions counted from the end (--align end)',
    got: `${Math.min(...lengths)} to ${Math.max(...lengths)} tokens`,
  });
}

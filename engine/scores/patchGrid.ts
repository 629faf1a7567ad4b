/**
 * Activation patching: one value of a source run put into another run, cell by cell, and what it does to the metric
 * (Meng et al. 2022, arXiv 2202.05262, section 2; Zhang and Nanda 2024, arXiv 2309.16042, on directions and metrics).
 */
import type { Model } from '../run/index.ts';
import type { SweepUnit } from '../run/sweep.ts';
import { sweep, unitsPerRun } from '../run/sweep.ts';
import { requireScorable } from '../tasks/metrics.ts';
import { summariser } from '../tasks/statistics.ts';
import type { MetricId, Prompt } from '../tasks/task.ts';
import { Fault } from '../terms/fault.ts';
import type { Summary } from '../terms/summary.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { AblationPlan } from './ablation.ts';
import { EffectScene } from './effectScene.ts';
import type { HeadPlace } from './unitSet.ts';

export type PatchTarget =
  | { readonly kind: 'positions'; readonly site: 'residPre' | 'attnOut' | 'mlpOut' | 'residPost' }
  | { readonly kind: 'heads' }
  | { readonly kind: 'headPositions'; readonly head: HeadPlace };

export interface PatchGridRequest extends Pick<AblationPlan, 'done' | 'unitsPerRun'> {
  /** Each with a corrupt prompt of its own length. */
  readonly prompts: readonly Prompt[];
  readonly metric: MetricId;
  readonly target: PatchTarget;
  readonly direction: 'cleanIntoCorrupt' | 'corruptIntoClean';
  /** Of the bootstrap. */
  readonly seed: number;
  readonly signal?: AbortSignal;
}

export type PatchGridEvent =
  | { readonly kind: 'ends'; readonly clean: Summary; readonly corrupt: Summary }
  | {
      readonly kind: 'cell';
      readonly layer: number;
      /** Index into the grid's columns. */
      readonly column: number;
      /** Patched minus unpatched. */
      readonly effect: Summary;
      /** (patched - unpatched) / (source - unpatched) over prompts where these differ; null where none do. */
      readonly recovery: Summary | null;
    }
  | { readonly kind: 'progress'; readonly done: number; readonly total: number };

/** Of a metric, below which clean and corrupt count as equal. */
const EQUAL = 1e-6;

/**
 * Columns of the grid: heads, or positions, from the first token where all prompts are as long, else negative ones from the
 * end, as many as the shortest prompt has.
 */
export function gridColumns(model: Model, { prompts, target }: Pick<PatchGridRequest, 'prompts' | 'target'>): number[] {
  if (target.kind === 'heads') return Array.from({ length: model.family.shape.heads }, (_, head) => head);
  const lengths = prompts.map(({ ids }) => ids.length);
  const shortest = Math.min(...lengths);
  const from = shortest === Math.max(...lengths) ? 0 : -shortest;
  return Array.from({ length: shortest }, (_, i) => from + i);
}

export function cellsPerRun(model: Model, { prompts }: Pick<PatchGridRequest, 'prompts'>): number {
  return unitsPerRun(
    model.family,
    prompts.map(({ ids }) => ids),
  );
}

/** `ends` first, then cells layer by layer. Throws Fault where a prompt has no corrupt one of its length. */
export async function* patchGrid(model: Model, request: PatchGridRequest): AsyncGenerator<PatchGridEvent> {
  checkPairs(request);
  const { target, metric, prompts, seed } = request;
  checkTarget(model, target);
  const columns = gridColumns(model, request);
  const cells = gridCells(model, target, columns, Math.max(...prompts.map(({ ids }) => ids.length)));
  const scene = new EffectScene({ prompts, metric, seed });
  const [source, base] = endsOf(request);
  const sourceValues = scene.values(await cleanLogits(model, request, source));
  let baseValues: readonly number[] = [];
  let done = request.done ?? 0;
  const results = sweep(model, {
    ...{ ids: base, reference: source, units: cells.map(({ unit }) => unit), kind: 'resample' },
    ...sweepOf(request),
  });
  for (;;) {
    const step = await model.exclusive(() => results.next());
    if (step.done === true) return;
    const { unit, logits } = step.value;
    const values = scene.values(logits);
    if (unit === null) {
      baseValues = values;
      yield endsEvent(request, scene, sourceValues, baseValues);
      continue;
    }
    const cell = cells.find((candidate) => candidate.unit === unit);
    if (cell === undefined) throw new RangeError('the sweep gave a unit that was not asked for');
    const effects = values.map((value, i) => value - (baseValues[i] ?? NaN));
    const recovery = recoveryOf(effects, sourceValues, baseValues, seed);
    yield { kind: 'cell', layer: cell.layer, column: cell.column, effect: scene.summarise(effects), recovery };
    yield { kind: 'progress', done: ++done, total: cells.length };
  }
}

/** How many cells a grid has. */
export function gridSize(model: Model, request: Pick<PatchGridRequest, 'prompts' | 'target'>): number {
  const layers = request.target.kind === 'headPositions' ? 1 : model.family.shape.layers;
  return gridColumns(model, request).length * layers;
}

type Ids = readonly (readonly number[])[];

/** Where the values come from, and what they are put into. */
function endsOf({ prompts, direction }: PatchGridRequest): readonly [source: Ids, base: Ids] {
  const clean = prompts.map(({ ids }) => ids);
  const corrupt = prompts.map(({ corruptIds }) => corruptIds ?? []);
  return direction === 'cleanIntoCorrupt' ? [clean, corrupt] : [corrupt, clean];
}

function endsEvent(
  { direction }: PatchGridRequest,
  scene: EffectScene,
  source: readonly number[],
  base: readonly number[],
): PatchGridEvent {
  const [clean, corrupt] = direction === 'cleanIntoCorrupt' ? [source, base] : [base, source];
  return { kind: 'ends', clean: scene.summarise(clean), corrupt: scene.summarise(corrupt) };
}

/** (patched - unpatched) / (source - unpatched), prompt by prompt. */
function recoveryOf(
  effects: readonly number[],
  source: readonly number[],
  base: readonly number[],
  seed: number,
): Summary | null {
  const shares = effects.flatMap((effect, i) => {
    const whole = (source[i] ?? NaN) - (base[i] ?? NaN);
    return Math.abs(whole) > EQUAL ? [effect / whole] : [];
  });
  return shares.length === 0 ? null : summariser(shares.length, seed)(shares);
}

async function cleanLogits(model: Model, request: PatchGridRequest, ids: Ids): Promise<Tensor> {
  const results = sweep(model, { ids, units: [], kind: 'zero', ...sweepOf(request) });
  const step = await model.exclusive(() => results.next());
  if (step.done === true) throw new RangeError('the sweep gave no baseline');
  return step.value.logits;
}

function sweepOf({ prompts, done, unitsPerRun: planned, signal }: PatchGridRequest) {
  return {
    answerPositions: prompts.map(({ answerPosition }) => answerPosition),
    ...(done === undefined ? {} : { done }),
    ...(planned === undefined ? {} : { unitsPerRun: planned }),
    ...(signal === undefined ? {} : { signal }),
  };
}

interface Cell {
  readonly layer: number;
  readonly column: number;
  readonly unit: SweepUnit;
}

function gridCells(model: Model, target: PatchTarget, columns: readonly number[], slots: number): Cell[] {
  const layers =
    target.kind === 'headPositions'
      ? [target.head.layer]
      : Array.from({ length: model.family.shape.layers }, (_, layer) => layer);
  const fromEnd = (column: number) => (column < 0 ? column : column - slots);
  const unitAt = (layer: number, column: number): SweepUnit => {
    switch (target.kind) {
      case 'heads':
        return [{ layer, sites: ['z'], heads: [column] }];
      case 'positions':
        return [{ layer, sites: [target.site], positions: [fromEnd(column)] }];
      case 'headPositions':
        return [{ layer, sites: ['z'], heads: [target.head.head], positions: [fromEnd(column)] }];
    }
  };
  return layers.flatMap((layer) => columns.map((at, column) => ({ layer, column, unit: unitAt(layer, at) })));
}

function checkTarget({ family }: Model, target: PatchTarget): void {
  if (target.kind === 'positions') {
    const lack = family.lacks[target.site];
    if (lack !== undefined) throw new Fault({ what: `this model has no site ${target.site}: ${lack}` });
  }
  if (target.kind !== 'headPositions') return;
  const { layers, heads } = family.shape;
  const { layer, head } = target.head;
  if (layer < layers && head < heads) return;
  throw new Fault({ what: 'no such head', expected: `below L${layers} and H${heads}`, got: `L${layer}H${head}` });
}

function checkPairs({ prompts, metric }: PatchGridRequest): void {
  if (prompts.length === 0) throw new Fault({ what: 'no prompts to patch', expected: 'at least one' });
  prompts.forEach((prompt, i) => {
    const where = `prompt ${i + 1}`;
    requireScorable(prompt, metric, where);
    const { ids, corruptIds } = prompt;
    if (corruptIds?.length === ids.length) return;
    const got = corruptIds === null ? 'none' : `${corruptIds.length} tokens`;
    throw new Fault({ what: 'patching needs a corrupt prompt', where, expected: `one of ${ids.length} tokens`, got });
  });
}

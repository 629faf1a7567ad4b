/**
 * Attribution: what a metric would lose if a site's value were another one, to first order, from one gradient instead of one
 * run per unit. Every effect has the sign of edited minus clean.
 *   atp         (corrupt - clean) . gradient at the clean run: estimates resample ablation (Nanda 2023; Kramar et al. 2024, eq. 4)
 *   integrated  the same with the gradient averaged over runs whose embedding lies between the corrupt and the clean one,
 *               corrupt + k / m (clean - corrupt), k = 1 .. m (Hanna et al. 2024, eq. 3); m = 1 is atp
 *   gradxact    -value . gradient: estimates zero ablation
 *   taylor      |d metric / d gate| with a gate of 1 on the unit (Michel et al. 2019, eq. 2): a magnitude
 */
import { makeBatch } from '../run/batch.ts';
import type { Model } from '../run/index.ts';
import { sweep } from '../run/sweep.ts';
import { isCorrect, metrics, requireScorable } from '../tasks/metrics.ts';
import { summariser, summariseShare } from '../tasks/statistics.ts';
import type { Prompt } from '../tasks/task.ts';
import { Fault } from '../terms/fault.ts';
import { siteName } from '../terms/sites.ts';
import type { Summary } from '../terms/summary.ts';
import { attributeRows } from './attributeRows.ts';
import type { AttributedUnit, AttributionRequest, AttributionSite } from './attributionRequest.ts';

export type { AttributionMethod, AttributionRequest, AttributionSite } from './attributionRequest.ts';

export type AttributionEvent =
  | { readonly kind: 'baseline'; readonly metric: Summary; readonly accuracy: Summary }
  | {
      readonly kind: 'unit';
      readonly site: AttributionSite;
      readonly layer: number;
      readonly head?: number;
      readonly kvGroup?: number;
      readonly effect: Summary;
    }
  /** Layers, over all batches. */
  | { readonly kind: 'progress'; readonly done: number; readonly total: number };

/** Most tokens in one program run: a backward block of SmolLM2-135M takes 24 ms for half as many on two cores. */
const TOKENS_PER_RUN = 608;

/**
 * Baseline first; units when all prompts are through, in layer order. Throws Fault: a site that the model lacks, a metric
 * without a gradient, prompts without a corrupt one of the same length where the method needs it.
 */
export async function* attribute(model: Model, request: AttributionRequest): AsyncGenerator<AttributionEvent> {
  checkRequest(request, model);
  const batches = inBatches(request.prompts);
  const { layers } = model.family.shape;
  const summarise = summariser(request.prompts.length, request.seed);
  const clean = await cleanRun(model, request, batches);
  yield { kind: 'baseline', metric: summarise(clean.metric), accuracy: summariseShare(clean.correct) };
  const collected = new Collected(request.prompts.length);
  let done = 0;
  for (const prompts of batches) {
    const rows = attributeRows(model, { ...request, prompts });
    for (;;) {
      const step = await model.exclusive(() => rows.next());
      if (step.done === true) break;
      collected.take(step.value.effects, prompts.length);
      yield { kind: 'progress', done: ++done, total: layers * batches.length };
    }
    collected.next(prompts.length);
  }
  for (const { unit, values } of collected.units()) yield { kind: 'unit', ...unit, effect: summarise(values) };
}

/** The metric of every prompt, and whether its answer is right: first, so that a run on what a model can't do can be stopped. */
async function cleanRun(
  model: Model,
  { metric, signal }: AttributionRequest,
  batches: readonly (readonly Prompt[])[],
): Promise<{ readonly metric: number[]; readonly correct: boolean[] }> {
  const found = { metric: [] as number[], correct: [] as boolean[] };
  for (const prompts of batches) {
    const results = sweep(model, {
      ids: prompts.map(({ ids }) => ids),
      answerPositions: prompts.map(({ answerPosition }) => answerPosition),
      ...{ units: [], kind: 'zero' },
      ...(signal === undefined ? {} : { signal }),
    });
    const baseline = await model.exclusive(() => results.next());
    if (baseline.done === true) throw new RangeError('the sweep gave no baseline');
    const { data } = baseline.value.logits;
    const width = data.length / prompts.length;
    prompts.forEach((prompt, row) => {
      const logits = data.subarray(row * width, (row + 1) * width);
      found.metric.push(metrics[metric](logits, prompt));
      found.correct.push(isCorrect(logits, prompt));
    });
  }
  return found;
}

/** Effects by unit over the prompts of every batch. */
class Collected {
  readonly #count: number;
  readonly #units = new Map<string, { readonly unit: AttributedUnit; readonly values: Float64Array }>();
  #before = 0;

  constructor(count: number) {
    this.#count = count;
  }

  take(effects: readonly { readonly unit: AttributedUnit; readonly values: Float64Array }[], rows: number): void {
    for (const { unit, values } of effects) {
      if (values.length !== rows) throw new RangeError(`${values.length} effects for ${rows} prompts`);
      const key = keyOf(unit);
      const known = this.#units.get(key) ?? { unit, values: new Float64Array(this.#count) };
      known.values.set(values, this.#before);
      this.#units.set(key, known);
    }
  }

  /** The end of a batch. */
  next(rows: number): void {
    this.#before += rows;
  }

  /** By site in the order they were asked for, then by layer. */
  units(): { readonly unit: AttributedUnit; readonly values: Float64Array }[] {
    return [...this.#units.values()].sort((a, b) => a.unit.layer - b.unit.layer);
  }
}

function keyOf({ site, layer, head, kvGroup }: AttributedUnit): string {
  return `${siteName(site, layer)} ${head ?? ''} ${kvGroup ?? ''}`;
}

/** Prompts that share a batch: as many as fit into one run. */
function inBatches(prompts: readonly Prompt[]): Prompt[][] {
  const longest = Math.max(...prompts.map(({ ids }) => ids.length));
  const rows = Math.max(1, Math.floor(TOKENS_PER_RUN / longest));
  return Array.from({ length: Math.ceil(prompts.length / rows) }, (_, i) => prompts.slice(i * rows, (i + 1) * rows));
}

function checkRequest(request: AttributionRequest, model: Model): void {
  const { prompts, metric, method, sites, steps, qkCorrection, gradDrop } = request;
  if (prompts.length === 0) throw new Fault({ what: 'no prompts', expected: 'at least one' });
  prompts.forEach((prompt, i) => requireScorable(prompt, metric, `prompt ${i + 1}`));
  if (sites.length === 0) throw new Fault({ what: 'no sites', expected: 'at least one' });
  if (!Number.isInteger(steps) || steps < 1) {
    throw new Fault({ what: 'bad number of interpolation steps', expected: 'an integer from 1', got: String(steps) });
  }
  if ((qkCorrection || gradDrop) && method !== 'atp') {
    throw new Fault({ what: 'the QK correction and GradDrop are parts of AtP*', expected: 'method atp', got: method });
  }
  if (gradDrop && model.family.shape.layers < 2) {
    throw new Fault({
      what: 'GradDrop passes a layer by',
      expected: 'a model of two layers or more',
      got: 'one layer',
    });
  }
  for (const site of sites) {
    const lack = model.family.lacks[site];
    if (lack !== undefined) throw new Fault({ what: `this model has no site ${site}: ${lack}` });
  }
  // Every id and length, before anything runs.
  makeBatch(
    prompts.map(({ ids }) => ids),
    model.family,
    'left',
  );
  if (method === 'atp' || method === 'integrated') prompts.forEach(requireCorrupt);
}

function requireCorrupt({ ids, corruptIds }: Prompt, row: number): void {
  if (corruptIds?.length === ids.length) return;
  throw new Fault({
    what: 'the method needs a corrupt prompt of the same length for every prompt',
    where: `prompt ${row + 1}`,
    expected: `${ids.length} tokens`,
    got: corruptIds === null ? 'none' : String(corruptIds.length),
  });
}

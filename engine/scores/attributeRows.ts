/** Attribution of one batch, layer by layer from the last: only one block's values and gradients are held at a time. */
import { makeBatch } from '../run/batch.ts';
import type { Batch } from '../run/batch.ts';
import type { Model } from '../run/index.ts';
import { replacing, Tape } from '../run/tape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { tensor } from '../tensor/tensor.ts';
import type { Site } from '../terms/sites.ts';
import { metricObjective } from '../train/metricObjective.ts';
import type { AttributedUnit, AttributionRequest, AttributionSite } from './attributionRequest.ts';
import type { PatternValues } from './patternChange.ts';
import { keyChange, queryChange } from './patternChange.ts';
import { dotByUnit, subtract } from './unitSums.ts';

/** One number per row. */
export interface UnitEffect {
  readonly unit: AttributedUnit;
  readonly values: Float64Array;
}

export interface LayerEffects {
  readonly layer: number;
  readonly effects: readonly UnitEffect[];
}

/** One layer's effects at a time, from the last layer to the first. */
export async function* attributeRows(model: Model, request: AttributionRequest): AsyncGenerator<LayerEffects, void> {
  const scene = await Scene.open(model, request);
  for (let layer = model.family.shape.layers - 1; layer >= 0; layer--) {
    yield { layer, effects: await scene.layer(layer) };
  }
}

/** One gradient on its way down. `drop`: the layer that it passed by, or null. */
interface Descent {
  readonly tape: Tape;
  readonly drop: number | null;
  readonly upstream: Tensor;
}

class Scene {
  readonly #model: Model;
  readonly #request: AttributionRequest;
  /** The clean run. */
  readonly #clean: Tape;
  readonly #corrupt: Tape | null;
  #descents: readonly Descent[];

  private constructor(
    model: Model,
    request: AttributionRequest,
    tapes: { readonly clean: Tape; readonly corrupt: Tape | null },
    descents: readonly Descent[],
  ) {
    this.#model = model;
    this.#request = request;
    this.#clean = tapes.clean;
    this.#corrupt = tapes.corrupt;
    this.#descents = descents;
  }

  static async open(model: Model, request: AttributionRequest): Promise<Scene> {
    const { prompts, metric, method, signal } = request;
    const batch = makeBatch(
      prompts.map(({ ids }) => ids),
      model.family,
      'left',
    );
    const vocabulary = model.family.shape.outputVocabulary;
    const slots = prompts.map(({ answerPosition }, row) => answerPosition + (batch.offsets[row] ?? 0));
    const scored = { ...metricObjective(metric, prompts, vocabulary), slots };
    const stopped = signal === undefined ? {} : { signal };
    const clean = await Tape.record(model, { batch, ...stopped });
    const corrupt = await corruptTape(model, request);
    const between = method === 'integrated' && corrupt !== null ? interpolations(clean, corrupt, request.steps) : [];
    // The last interpolation is the clean run itself.
    const descents: Descent[] = [{ tape: clean, drop: null, upstream: (await clean.score(scored)).upstream }];
    for (const embedding of between) {
      const tape = await Tape.record(model, { batch, embedding, ...stopped });
      descents.push({ tape, drop: null, upstream: (await tape.score(scored)).upstream });
    }
    return new Scene(model, request, { clean, corrupt }, descents);
  }

  async layer(layer: number): Promise<UnitEffect[]> {
    const { sites, gradDrop } = this.#request;
    const [plain, ...others] = this.#descents as readonly [Descent, ...Descent[]];
    const wanted = gradientSites(this.#request);
    // The clean run is first: its values come with its gradient.
    const first = await plain.tape.block(layer, plain.upstream, { sites: wanted, values: sites });
    const known = await this.#values(layer, first.values);
    const sums = new Map(sites.map((site) => [site, this.#effects(site, known, first.sites, plain, layer)] as const));
    const after: Descent[] = [{ ...plain, upstream: first.upstream }];
    for (const descent of others) {
      const found = await descent.tape.block(layer, descent.upstream, { sites: wanted });
      for (const site of sites) {
        addInto(sums.get(site) as Float64Array, this.#effects(site, known, found.sites, descent, layer));
      }
      after.push({ ...descent, upstream: found.upstream });
    }
    if (gradDrop) {
      after.push({ ...plain, drop: layer, upstream: await plain.tape.pastBlock(layer, plain.upstream) });
    }
    this.#descents = after;
    return sites.flatMap((site) => byUnit(site, layer, sums.get(site) as Float64Array, this.#clean.batch.rows));
  }

  /** [B, units] of one gradient, with its share in the result. */
  #effects(
    site: AttributionSite,
    known: LayerValues,
    gradients: ReadonlyMap<Site, Tensor>,
    { drop }: Descent,
    layer: number,
  ): Float64Array {
    const { method, granularity, gradDrop, steps } = this.#request;
    const gradient = gradients.get(site) as Tensor;
    switch (method) {
      case 'gradxact':
        return scaled(dotByUnit(known.clean.get(site) as Tensor, gradient, 'example'), -1);
      case 'taylor':
        return magnitude(dotByUnit(known.clean.get(site) as Tensor, gradient, granularity));
      case 'integrated':
        return scaled(dotByUnit(known.change.get(site) as Tensor, gradient, 'example'), 1 / steps);
      case 'atp': {
        const effects = this.#firstOrder(site, known, gradients);
        return gradDrop ? scaled(magnitude(effects), this.#dropShare(drop, layer)) : effects;
      }
    }
  }

  /**
   * 1 / (L - 1) sum over dropped layers of |effect under that drop| (Kramar et al. 2024, eq. 11): at `layer` a drop of the
   * layer itself has none, a drop of an earlier layer changes nothing, so the plain gradient counts once for each of those.
   */
  #dropShare(drop: number | null, layer: number): number {
    return (drop === null ? layer : 1) / (this.#model.family.shape.layers - 1);
  }

  #firstOrder(site: AttributionSite, known: LayerValues, gradients: ReadonlyMap<Site, Tensor>): Float64Array {
    const corrected = this.#request.qkCorrection && known.pattern !== null ? known.pattern : null;
    if (corrected !== null && site === 'q') return queryChange(corrected, gradients.get('pattern') as Tensor);
    if (corrected !== null && site === 'k') {
      return keyChange(corrected, gradients.get('pattern') as Tensor, this.#model.family.shape.kvHeads);
    }
    return dotByUnit(known.change.get(site) as Tensor, gradients.get(site) as Tensor, 'example');
  }

  /** Clean values, changes to the corrupt ones, and what the QK correction needs, of one layer. */
  async #values(layer: number, clean: ReadonlyMap<Site, Tensor>): Promise<LayerValues> {
    const { sites, qkCorrection } = this.#request;
    if (this.#corrupt === null) return { clean, change: new Map(), pattern: null };
    const corrupt = await this.#corrupt.valuesFrom(layer, this.#corrupt.streams[layer] as Tensor, sites);
    const change = new Map(
      sites.map((site) => [site, subtract(corrupt.get(site) as Tensor, clean.get(site) as Tensor)] as const),
    );
    const pattern = qkCorrection ? await this.#patterns(layer, corrupt) : null;
    return { clean, change, pattern };
  }

  async #patterns(layer: number, corrupt: ReadonlyMap<Site, Tensor>): Promise<PatternValues> {
    const stream = this.#clean.streams[layer] as Tensor;
    const run = (capture: readonly Site[], site?: 'q' | 'k') => {
      const value = site === undefined ? undefined : corrupt.get(site);
      const edits = site === undefined || value === undefined ? new Map() : new Map([[site, replacing(value)]]);
      return this.#clean.valuesFrom(layer, stream, capture, edits);
    };
    const clean = await run(['pattern', 'scores']);
    const byQuery = await run(['pattern'], 'q');
    const byKey = await run(['scores'], 'k');
    return {
      pattern: clean.get('pattern') as Tensor,
      scores: clean.get('scores') as Tensor,
      patternOfQuery: byQuery.get('pattern') as Tensor,
      scoresOfKey: byKey.get('scores') as Tensor,
    };
  }
}

interface LayerValues {
  readonly clean: ReadonlyMap<Site, Tensor>;
  /** Corrupt minus clean. */
  readonly change: ReadonlyMap<Site, Tensor>;
  readonly pattern: PatternValues | null;
}

async function corruptTape(model: Model, { prompts, method, signal }: AttributionRequest): Promise<Tape | null> {
  if (method !== 'atp' && method !== 'integrated') return null;
  const batch: Batch = makeBatch(
    prompts.map(({ corruptIds }) => corruptIds ?? []),
    model.family,
    'left',
  );
  return Tape.record(model, { batch, ...(signal === undefined ? {} : { signal }) });
}

/** Embeddings corrupt + k / m (clean - corrupt) for k = 1 .. m - 1. */
function interpolations(clean: Tape, corrupt: Tape, steps: number): Tensor[] {
  const [to, from] = [clean.streams[0] as Tensor, corrupt.streams[0] as Tensor];
  return Array.from({ length: steps - 1 }, (_, i) => {
    const share = (i + 1) / steps;
    const data = from.data.map((x, at) => x + share * ((to.data[at] as number) - x));
    return tensor(data, to.axes);
  });
}

/** q and k nodes under the QK correction are read off the pattern's gradient. */
function gradientSites({ sites, qkCorrection }: AttributionRequest): Site[] {
  const corrected = qkCorrection && sites.some((site) => site === 'q' || site === 'k');
  return corrected ? [...sites, 'pattern'] : [...sites];
}

function addInto(sums: Float64Array, effects: Float64Array): void {
  effects.forEach((effect, i) => (sums[i] = (sums[i] as number) + effect));
}

function scaled(values: Float64Array, by: number): Float64Array {
  return values.map((value) => value * by);
}

function magnitude(values: Float64Array): Float64Array {
  return values.map(Math.abs);
}

/** [B, units] -> one effect per unit. */
function byUnit(site: AttributionSite, layer: number, sums: Float64Array, rows: number): UnitEffect[] {
  const units = sums.length / rows;
  return Array.from({ length: units }, (_, unit) => ({
    unit: { site, layer, ...nameOf(site, unit) },
    values: Float64Array.from({ length: rows }, (__, row) => sums[row * units + unit] as number),
  }));
}

function nameOf(site: AttributionSite, unit: number): { head?: number; kvGroup?: number } {
  if (site === 'k' || site === 'v') return { kvGroup: unit };
  return site === 'mlpOut' || site === 'residPre' ? {} : { head: unit };
}

/** One pass of a batch through single programs. */
import type { Family } from '../arch/architecture.ts';
import type { Edit } from '../terms/edits.ts';
import type { Site } from '../terms/sites.ts';
import { gradientName, upstreamName } from '../graph/gradient.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { axisSize } from '../tensor/tensor.ts';
import type { Objective } from './backwardGraph.ts';
import { OBJECTIVE } from './backwardGraph.ts';
import type { Batch } from './batch.ts';
import { positionsFeed } from './batch.ts';
import type { AffineFeeds, SiteEdits, Slots } from './editPlan.ts';
import { affineFeeds } from './editPlan.ts';
import { LayerFeeds } from './layerFeeds.ts';
import type { Feed, Feeds } from './ort.ts';
import type { ProgramPart } from './program.ts';
import { STREAM } from './program.ts';
import type { Program, Programs } from './programs.ts';
import type { Taps } from './taps.ts';
import type { Readout } from './readout.ts';
import { readoutName } from './readout.ts';
import { programBoundary } from './turns.ts';
import { addInput, blockSites, captureOutput, embedSites, scaleInput, unembedSites } from './taps.ts';

/** Keys and values [B G T H] of the positions before this pass. */
export interface LayerCache {
  readonly keys: Tensor;
  readonly values: Tensor;
}

export interface PartResult {
  readonly stream: Tensor;
  /** Captured sites, after their edits. */
  readonly captured: ReadonlyMap<Site, Tensor>;
  /** Keys and values of this pass' own positions, where asked for. */
  readonly fresh: LayerCache | null;
}

/** Edits as feeds, by site; made from `Edit`s or, in sweeps, directly. */
export type AffineBySite = ReadonlyMap<Site, AffineFeeds>;

export interface BlockRequest {
  readonly layer: number;
  /** [B P D] at the query slots. */
  readonly residPre: Tensor;
  /** [B T D] at all slots, in a narrowed pass. */
  readonly keyStream?: Tensor | undefined;
  readonly cache?: LayerCache | undefined;
  readonly edits: AffineBySite;
  readonly capture: ReadonlySet<Site>;
  readonly keepsCache: boolean;
}

export interface BlockReadoutRequest {
  readonly layer: number;
  /** [B P D] at the query slots. */
  readonly residPre: Tensor;
  readonly cache?: LayerCache | undefined;
  readonly keepsCache: boolean;
  readonly readout: Readout;
  /** What the readout's own inputs are fed. */
  readonly feeds: Feeds;
}

export interface BlockReadout {
  readonly stream: Tensor;
  readonly fresh: LayerCache | null;
  /** What the readout gives, by its names. */
  readonly read: ReadonlyMap<string, Tensor>;
}

/** Names are a program's own: inputs, weights, `captureOutput` of a site, STREAM. */
interface WantedGradients {
  /** With respect to these. */
  readonly wrt: readonly string[];
  /** Outputs whose values are given too. */
  readonly values: readonly string[];
}

export interface BlockGradientsRequest extends WantedGradients {
  readonly layer: number;
  /** [B P D] at all slots. */
  readonly residPre: Tensor;
  /** Gradients that come from later, by output. */
  readonly upstream: ReadonlyMap<string, Tensor>;
  readonly edits: AffineBySite;
}

export interface UnembedGradientsRequest extends WantedGradients {
  readonly objective: Objective;
  /** What the objective reads. */
  readonly feeds: Feeds;
  readonly edits: AffineBySite;
}

export interface Gradients {
  readonly values: ReadonlyMap<string, Tensor>;
  readonly gradients: ReadonlyMap<string, Tensor>;
  /** [B], where an objective was differentiated. */
  readonly objective: Tensor | null;
}

export class Pass {
  readonly #family: Family;
  readonly #programs: Programs;
  readonly #batch: Batch;
  readonly #slots: Slots;
  readonly #shared: LayerFeeds;

  constructor(family: Family, programs: Programs, batch: Batch, slots: Slots) {
    this.#family = family;
    this.#programs = programs;
    this.#batch = batch;
    this.#slots = slots;
    this.#shared = new LayerFeeds(family, batch, slots);
  }

  /** ids and positions -> residPre.0 */
  async embed(edits: AffineBySite, capture: ReadonlySet<Site>): Promise<PartResult> {
    const { queries } = this.#slots;
    const ids: Feed = { data: idsAt(this.#batch, queries), shape: [this.#batch.rows, queries.length] };
    const feeds = { ids, positions: positionsFeed(this.#batch, queries) };
    return this.#run({ kind: 'embed' }, feeds, edits, capture, false);
  }

  async block(request: BlockRequest): Promise<PartResult> {
    const { layer, residPre, keyStream, cache, edits, capture } = request;
    const narrow = keyStream !== undefined;
    const part: ProgramPart = { kind: 'block', layer, narrow };
    const stream = narrow ? { keyStream: feedOf(keyStream) } : this.#pastFeeds(cache);
    const feeds = { residPre: feedOf(residPre), ...stream, ...this.#shared.of(layer) };
    return this.#run(part, feeds, edits, capture, request.keepsCache);
  }

  /** A block without edits, and values that are computed of it inside its program. */
  async blockReadout(request: BlockReadoutRequest): Promise<BlockReadout> {
    const { layer, residPre, cache, keepsCache, readout } = request;
    await programBoundary();
    const program = await this.#programs.reading({ kind: 'block', layer, narrow: false }, readout);
    const stream = { residPre: feedOf(residPre), ...this.#pastFeeds(cache) };
    const outputs = [...program.outputs].filter((name) => keepsCache || !cacheOutputs.includes(name));
    const feeds = { ...stream, ...this.#shared.of(layer), ...request.feeds };
    const results = await program.run(only(program, feeds), outputs);
    const read = [...results].flatMap(([name, value]) => {
      const own = readoutName(name);
      return own === null ? [] : [[own, value] as const];
    });
    const fresh = keepsCache ? cacheOf(results) : null;
    return { stream: required(results, STREAM), fresh, read: new Map(read) };
  }

  /** A block run again from its residPre and differentiated. */
  async blockGradients(request: BlockGradientsRequest): Promise<Gradients> {
    const { layer, residPre, upstream, edits, ...wanted } = request;
    const part: ProgramPart = { kind: 'block', layer, narrow: false, whole: true };
    const from = [...upstream.keys()];
    const feeds = {
      residPre: feedOf(residPre),
      ...this.#shared.of(layer),
      ...Object.fromEntries([...upstream].map(([output, d]) => [upstreamName(output), feedOf(d)])),
    };
    return this.#differentiate(part, feeds, edits, { ...wanted, from });
  }

  /** The unembedding of some positions, and the gradient of an objective on their logits. */
  async unembedGradients(residPost: Tensor, request: UnembedGradientsRequest): Promise<Gradients> {
    const { objective, feeds, edits, ...wanted } = request;
    const ones = new Float32Array(axisSize(residPost, 'B')).fill(1);
    const seeded = { ...feeds, [upstreamName(OBJECTIVE)]: { data: ones, shape: [ones.length] } };
    return this.#differentiate({ kind: 'unembed' }, { residPost: feedOf(residPost), ...seeded }, edits, {
      ...wanted,
      from: [],
      objective,
    });
  }

  /** The embedding's weights, from the gradient [B P D] with respect to residPre.0. */
  async embedGradients(upstream: Tensor, edits: AffineBySite, wrt: readonly string[]): Promise<Gradients> {
    const { queries } = this.#slots;
    const ids: Feed = { data: idsAt(this.#batch, queries), shape: [this.#batch.rows, queries.length] };
    const feeds = { ids, positions: positionsFeed(this.#batch, queries), [upstreamName(STREAM)]: feedOf(upstream) };
    return this.#differentiate({ kind: 'embed' }, feeds, edits, { from: [STREAM], wrt, values: [] });
  }

  async #differentiate(
    part: ProgramPart,
    feeds: Feeds,
    edits: AffineBySite,
    { from, wrt, values, objective }: WantedGradients & { from: readonly string[]; objective?: Objective },
  ): Promise<Gradients> {
    const named = [...from, ...wrt, ...values];
    const captured = new Set(allSites.filter((site) => named.includes(captureOutput(site))));
    const taps: Taps = { edited: new Set(edits.keys()), captured };
    await programBoundary();
    const program = await this.#programs.backward(part, {
      ...{ taps, from, wrt, keep: values },
      ...(objective === undefined ? {} : { objective }),
    });
    const outputs = [...values, ...wrt.map(gradientName), ...(objective === undefined ? [] : [OBJECTIVE])];
    const results = await program.run(only(program, { ...feeds, ...editFeeds(edits) }), outputs);
    return {
      values: new Map(values.map((name) => [name, required(results, name)] as const)),
      gradients: new Map(wrt.map((name) => [name, required(results, gradientName(name))] as const)),
      objective: objective === undefined ? null : required(results, OBJECTIVE),
    };
  }

  async unembed(residPost: Tensor, edits: AffineBySite, capture: ReadonlySet<Site>): Promise<PartResult> {
    return this.#run({ kind: 'unembed' }, { residPost: feedOf(residPost) }, edits, capture, false);
  }

  /** `Edit`s of one layer (null: of the model's own sites) as feeds. */
  affine(edits: SiteEdits, layer: number | null): AffineBySite {
    const entry = (site: Site, chosen: readonly Edit[]) =>
      [site, affineFeeds(site, chosen, layer, this.#family, this.#batch, this.#slots)] as const;
    return new Map([...edits].map(([site, chosen]) => entry(site, chosen)));
  }

  async #run(
    part: ProgramPart,
    feeds: Feeds,
    edits: AffineBySite,
    capture: ReadonlySet<Site>,
    keepsCache: boolean,
  ): Promise<PartResult> {
    const inTheStream = streamSite(part);
    const taps: Taps = {
      edited: new Set(edits.keys()),
      captured: new Set([...capture].filter((site) => site !== inTheStream)),
    };
    await programBoundary();
    const program = await this.#programs.get(part, taps);
    const outputs = [STREAM, ...[...taps.captured].map(captureOutput), ...(keepsCache ? ['keys', 'values'] : [])];
    const results = await program.run(only(program, { ...feeds, ...editFeeds(edits) }), outputs);
    const stream = required(results, STREAM);
    const captured = new Map([...taps.captured].map((site) => [site, required(results, captureOutput(site))] as const));
    if (capture.has(inTheStream)) captured.set(inTheStream, stream);
    return { stream, captured, fresh: keepsCache ? cacheOf(results) : null };
  }

  #pastFeeds(cache: LayerCache | undefined): Feeds {
    if (cache !== undefined) return { pastKeys: feedOf(cache.keys), pastValues: feedOf(cache.values) };
    const { kvHeads, headWidth } = this.#family.shape;
    const empty: Feed = { data: new Float32Array(0), shape: [this.#batch.rows, kvHeads, 0, headWidth] };
    return { pastKeys: empty, pastValues: empty };
  }
}

const cacheOutputs: readonly string[] = ['keys', 'values'];
const allSites = [...embedSites, ...blockSites, ...unembedSites];

function feedOf({ data, axes }: Tensor): Feed {
  return { data, shape: axes.map(({ size }) => size) };
}

/** The site whose value leaves the program anyway. */
function streamSite({ kind }: ProgramPart): Site {
  return kind === 'embed' ? 'embed' : kind === 'block' ? 'residPost' : 'logits';
}

function only(program: Program, feeds: Feeds): Feeds {
  return Object.fromEntries(Object.entries(feeds).filter(([name]) => program.inputs.has(name)));
}

function editFeeds(edits: AffineBySite): Feeds {
  return Object.fromEntries(
    [...edits].flatMap(([site, { scale, add }]) => [
      [scaleInput(site), scale],
      [addInput(site), add],
    ]),
  );
}

function required(results: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const found = results.get(name);
  if (found === undefined) throw new RangeError(`program gave no output ${name}`);
  return found;
}

function cacheOf(results: ReadonlyMap<string, Tensor>): LayerCache {
  const asCached = ({ axes, data }: Tensor): Tensor => ({
    data,
    axes: axes.map(({ axis, size }) => ({ axis: axis === 'P' ? 'T' : axis, size })),
  });
  return { keys: asCached(required(results, 'keys')), values: asCached(required(results, 'values')) };
}

function idsAt(batch: Batch, slots: readonly number[]): BigInt64Array {
  if (slots.length === batch.slots) return batch.ids;
  const ids = new BigInt64Array(batch.rows * slots.length);
  for (let row = 0, i = 0; row < batch.rows; row++) {
    for (const slot of slots) ids[i++] = batch.ids[row * batch.slots + slot] ?? 0n;
  }
  return ids;
}

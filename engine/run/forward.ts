/** Prompts through the whole model, layer by layer, with edits and captured sites. */
import type { Family } from '../arch/architecture.ts';
import type { Edit } from '../terms/edits.ts';
import { Fault } from '../terms/fault.ts';
import type { Site } from '../terms/sites.ts';
import { isSite, siteName, sites } from '../terms/sites.ts';
import { joinAxis, sliceAxis, takeOnePerRow } from '../tensor/positions.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { axisSize, tensor } from '../tensor/tensor.ts';
import type { Batch, Padding } from './batch.ts';
import { isUniform, makeBatch } from './batch.ts';
import { checkEdits } from './checkEdits.ts';
import { editsAt } from './editPlan.ts';
import type { LayerCache, PartResult } from './pass.ts';
import { Pass } from './pass.ts';
import type { Programs } from './programs.ts';

export interface Capture {
  readonly site: Site;
  /** All layers where omitted. */
  readonly layers?: readonly number[];
}

export interface ForwardRequest {
  /** Rows of token ids; unequal lengths are padded. */
  readonly ids: readonly (readonly number[])[];
  readonly padding?: Padding;
  readonly edits?: readonly Edit[];
  /** Tokens of each row that are its prompt, for edits with a scope; whole rows where omitted. */
  readonly promptLengths?: readonly number[];
  readonly capture?: readonly Capture[];
  /** `last`: at each row's last token only, [B, P 1, V]. Default `all`. */
  readonly logits?: 'all' | 'last' | 'none';
  /** Most query positions in one program run (default 512): longer prompts go through each layer in chunks. */
  readonly maxQueries?: number;
  readonly signal?: AbortSignal;
}

/** Values that a forward pass kept; padding is zero. */
export class Activations {
  readonly lengths: readonly number[];
  readonly logits: Tensor | null;
  readonly #kept: ReadonlyMap<string, Tensor>;

  constructor(lengths: readonly number[], logits: Tensor | null, kept: ReadonlyMap<string, Tensor>) {
    this.lengths = lengths;
    this.logits = logits;
    this.#kept = kept;
  }

  /** Throws RangeError for a site that was not captured. */
  get(site: Site, layer?: number): Tensor {
    const found = this.#kept.get(siteName(site, layer));
    if (found === undefined) throw new RangeError(`${siteName(site, layer)} was not captured`);
    return found;
  }

  /** `pattern.3`, `logits` ... in the order of the graph. */
  names(): string[] {
    return [...this.#kept.keys()];
  }
}

/** Most values of one attention pattern in memory at a time. */
const PATTERN_VALUES = 32 * 2 ** 20;
const MOST_QUERIES = 512;

export interface ForwardHost {
  readonly family: Family;
  readonly programs: Programs;
  /** Called with the stream after each block: a Fault where it is not finite. */
  checkStream(layer: number, stream: Tensor): void;
}

/** Runs one request; between programs it yields and looks at the signal. */
export async function forward(host: ForwardHost, request: ForwardRequest): Promise<Activations> {
  const batch = makeBatch(request.ids, host.family, request.padding ?? 'right', request.promptLengths);
  const edits = request.edits ?? [];
  checkEdits(edits, host.family, batch);
  const wanted = wantedSites(request.capture ?? [], host.family);
  return new Forward(host, batch, edits, wanted, request).run();
}

/** Captured sites by layer (null: the model's own). */
type Wanted = ReadonlyMap<number | null, ReadonlySet<Site>>;

function wantedSites(capture: readonly Capture[], family: Family): Wanted {
  const wanted = new Map<number | null, Set<Site>>();
  for (const { site, layers } of capture) {
    checkCapture(site, layers, family);
    for (const layer of capturedLayers(site, layers, family))
      wanted.set(layer, (wanted.get(layer) ?? new Set()).add(site));
  }
  return wanted;
}

function checkCapture(site: Site, layers: readonly number[] | undefined, family: Family): void {
  if (!isSite(site))
    throw new Fault({ what: 'unknown site', expected: Object.keys(sites).join(', '), got: String(site) });
  const lack = family.lacks[site];
  if (lack !== undefined) throw new Fault({ what: `this model has no site ${site}: ${lack}` });
  const bad = layers?.find((layer) => !Number.isInteger(layer) || layer < 0 || layer >= family.shape.layers);
  if (bad === undefined) return;
  throw new Fault({
    what: 'layer out of range',
    where: site,
    expected: `0 to ${family.shape.layers - 1}`,
    got: String(bad),
  });
}

function capturedLayers(site: Site, layers: readonly number[] | undefined, family: Family): readonly (number | null)[] {
  if (sites[site].per === 'model') return [null];
  return layers ?? Array.from({ length: family.shape.layers }, (_, layer) => layer);
}

class Forward {
  readonly #host: ForwardHost;
  readonly #batch: Batch;
  readonly #edits: readonly Edit[];
  readonly #wanted: Wanted;
  readonly #request: ForwardRequest;
  readonly #kept = new Map<string, Tensor>();
  readonly #passes: readonly Pass[];
  readonly #chunks: readonly (readonly number[])[];

  constructor(host: ForwardHost, batch: Batch, edits: readonly Edit[], wanted: Wanted, request: ForwardRequest) {
    this.#host = host;
    this.#batch = batch;
    this.#edits = edits;
    this.#wanted = wanted;
    this.#request = request;
    this.#chunks = queryChunks(
      batch,
      host.family,
      capturesScores(wanted) ? null : (request.maxQueries ?? MOST_QUERIES),
    );
    this.#passes = this.#chunks.map((queries) => new Pass(host.family, host.programs, batch, slotsOf(queries)));
  }

  async run(): Promise<Activations> {
    let stream = await this.#embed();
    const layers = this.#layersToRun();
    for (let layer = 0; layer < layers; layer++) {
      stream = await this.#block(layer, stream);
      this.#host.checkStream(layer, stream);
      this.#request.signal?.throwIfAborted();
    }
    const logits = await this.#unembed(stream);
    return new Activations(this.#batch.lengths, logits, inOrder(this.#kept));
  }

  /** Without logits, layers after the last captured one need not run. */
  #layersToRun(): number {
    const all = this.#host.family.shape.layers;
    const model = this.#wanted.get(null) ?? new Set<Site>();
    if (this.#request.logits !== 'none' || model.has('logits') || model.has('finalNorm')) return all;
    const last = Math.max(-1, ...[...this.#wanted.keys()].filter((layer) => layer !== null));
    return last + 1;
  }

  async #embed(): Promise<Tensor> {
    const own = editsAt(this.#edits, null);
    const edited = only(own, ['embed']);
    const capture = onlySites(this.#wanted.get(null), ['embed']);
    const results = await inTurn(this.#passes, (pass) => pass.embed(pass.affine(edited, null), capture));
    this.#keep(results, null);
    return joinAxis(
      results.map(({ stream }) => stream),
      'P',
    );
  }

  async #block(layer: number, stream: Tensor): Promise<Tensor> {
    const edits = editsAt(this.#edits, layer);
    const capture = this.#wanted.get(layer) ?? new Set<Site>();
    const results: PartResult[] = [];
    let cache: LayerCache | undefined;
    for (const [i, pass] of this.#passes.entries()) {
      const queries = this.#chunks[i] ?? [];
      const residPre = sliceAxis(stream, 'P', queries[0] ?? 0, (queries.at(-1) ?? 0) + 1);
      const keepsCache = i + 1 < this.#passes.length;
      const result = await pass.block({
        layer,
        residPre,
        cache,
        edits: pass.affine(edits, layer),
        capture,
        keepsCache,
      });
      cache = extendCache(cache, result.fresh);
      results.push(result);
    }
    this.#keep(results, layer);
    return joinAxis(
      results.map((result) => result.stream),
      'P',
    );
  }

  async #unembed(stream: Tensor): Promise<Tensor | null> {
    const logits = this.#request.logits ?? 'all';
    const capture = onlySites(this.#wanted.get(null), ['finalNorm', 'logits']);
    if (logits === 'none' && capture.size === 0) return null;
    const edits = only(editsAt(this.#edits, null), ['finalNorm', 'logits']);
    const atEnds = logits === 'last' && capture.size === 0 && edits.size === 0;
    if (atEnds) {
      const [pass] = this.#passes;
      if (pass === undefined) throw new RangeError('a batch has at least one chunk');
      return (await pass.unembed(takeOnePerRow(stream, 'P', lastSlots(this.#batch)), new Map(), capture)).stream;
    }
    const results = await this.#unembedChunks(stream, edits, capture);
    this.#keep(results, null);
    if (logits === 'none') return null;
    const all = joinAxis(
      results.map((result) => result.stream),
      'P',
    );
    return logits === 'last' ? takeOnePerRow(all, 'P', lastSlots(this.#batch)) : clearPadding(all, this.#batch);
  }

  #unembedChunks(stream: Tensor, edits: ReturnType<typeof editsAt>, capture: ReadonlySet<Site>): Promise<PartResult[]> {
    return inTurn(this.#passes, (pass, i) => {
      const queries = this.#chunks[i] ?? [];
      const part = sliceAxis(stream, 'P', queries[0] ?? 0, (queries.at(-1) ?? 0) + 1);
      return pass.unembed(part, pass.affine(edits, null), capture);
    });
  }

  #keep(results: readonly PartResult[], layer: number | null): void {
    for (const site of results[0]?.captured.keys() ?? []) {
      const parts = results.map(({ captured }) => captured.get(site)).filter((part) => part !== undefined);
      const whole = joinAxis(
        parts.map((part) => widenKeys(part, this.#batch.slots)),
        positionAxis(parts[0]),
      );
      this.#kept.set(siteName(site, layer ?? undefined), clearPadding(whole, this.#batch));
    }
  }
}

function positionAxis(part: Tensor | undefined): 'P' {
  if (part?.axes.some(({ axis }) => axis === 'P') !== true) throw new RangeError('a captured site has no axis P');
  return 'P';
}

/** Scores are shown before the causal mask: the keys after a chunk's last query belong to them too. */
function capturesScores(wanted: Wanted): boolean {
  return [...wanted.values()].some((chosen) => chosen.has('scores'));
}

function slotsOf(queries: readonly number[]) {
  return { queries, stream: queries, keys: (queries.at(-1) ?? 0) + 1 };
}

/** With a bidirectional mask every query needs every key at once: one chunk; so too where `most` is null. */
function queryChunks(batch: Batch, family: Family, most: number | null): readonly (readonly number[])[] {
  const fitting = Math.floor(PATTERN_VALUES / (batch.rows * family.shape.heads * batch.slots));
  const size = family.causal && most !== null ? Math.max(1, Math.min(most, fitting)) : batch.slots;
  const chunks: number[][] = [];
  for (let from = 0; from < batch.slots; from += size) {
    const to = Math.min(batch.slots, from + size);
    chunks.push(Array.from({ length: to - from }, (_, i) => from + i));
  }
  return chunks;
}

function lastSlots(batch: Batch): number[] {
  return batch.lengths.map((length, row) => (batch.offsets[row] ?? 0) + length - 1);
}

export function extendCache(cache: LayerCache | undefined, fresh: LayerCache | null): LayerCache | undefined {
  if (fresh === null || cache === undefined) return fresh ?? cache;
  return { keys: joinAxis([cache.keys, fresh.keys], 'T'), values: joinAxis([cache.values, fresh.values], 'T') };
}

/** A chunk's pattern ends at its last query; keys after it have weight zero. */
function widenKeys(part: Tensor, keys: number): Tensor {
  const hasKeys = part.axes.some(({ axis }) => axis === 'K');
  if (!hasKeys) return part;
  const width = axisSize(part, 'K');
  if (width === keys) return part;
  const axes = part.axes.map((entry) => (entry.axis === 'K' ? { axis: entry.axis, size: keys } : entry));
  const data = new Float32Array((part.data.length / width) * keys);
  for (let row = 0; row * width < part.data.length; row++) {
    data.set(part.data.subarray(row * width, (row + 1) * width), row * keys);
  }
  return tensor(data, axes);
}

/** Zeros at padding positions of P and K. */
function clearPadding(x: Tensor, batch: Batch): Tensor {
  if (isUniform(batch)) return x;
  const strides = x.axes.map((_, i) => x.axes.slice(i + 1).reduce((product, { size }) => product * size, 1));
  const data = x.data.slice();
  for (let row = 0; row < batch.rows; row++) clearRow(x, data, strides, row, batch);
  return { axes: x.axes, data };
}

function clearRow(x: Tensor, data: Float32Array, strides: readonly number[], row: number, batch: Batch): void {
  const from = batch.offsets[row] ?? 0;
  const to = from + (batch.lengths[row] ?? 0);
  const isPadding = (slot: number) => slot < from || slot >= to;
  const stride = strides[0] ?? 1;
  x.axes.forEach(({ axis, size }, i) => {
    if (axis !== 'P' && axis !== 'K') return;
    const inner = strides[i] ?? 1;
    for (let start = row * stride; start < (row + 1) * stride; start += inner * size) {
      for (let slot = 0; slot < size; slot++)
        if (isPadding(slot)) data.fill(0, start + slot * inner, start + (slot + 1) * inner);
    }
  });
}

function only<Value>(from: ReadonlyMap<Site, Value>, keys: readonly Site[]): ReadonlyMap<Site, Value> {
  return new Map([...from].filter(([site]) => keys.includes(site)));
}

function onlySites(from: ReadonlySet<Site> | undefined, keys: readonly Site[]): ReadonlySet<Site> {
  return new Set(keys.filter((site) => from?.has(site) === true));
}

async function inTurn<T, R>(items: readonly T[], act: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const [i, item] of items.entries()) results.push(await act(item, i));
  return results;
}

/** Embed first, then layer by layer in the order of the sites, the model's last sites at the end. */
function inOrder(kept: ReadonlyMap<string, Tensor>): ReadonlyMap<string, Tensor> {
  const order = Object.keys(sites);
  const rank = (name: string): number => {
    const [site = '', layer] = name.split('.');
    const place = order.indexOf(site);
    if (layer !== undefined) return (Number(layer) + 1) * 100 + place;
    return site === 'embed' ? 0 : 1e9 + place;
  };
  return new Map([...kept].sort(([a], [b]) => rank(a) - rank(b)));
}

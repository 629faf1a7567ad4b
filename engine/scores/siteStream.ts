/**
 * Sites of every layer, streamed: one chunk of queries of one layer is in memory at a time, besides the stream [B P D] and, where
 * there are several chunks, one layer's keys and values. What a forward pass that keeps all layers would hold is many times as much.
 */
import { makeBatch } from '../run/batch.ts';
import { extendCache } from '../run/forward.ts';
import type { Model } from '../run/index.ts';
import type { LayerCache } from '../run/pass.ts';
import { Pass } from '../run/pass.ts';
import { joinAxis, sliceAxis } from '../tensor/positions.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Site } from '../terms/sites.ts';

export interface SiteStreamRequest {
  /** Rows of token ids; shorter ones are padded on the right. */
  readonly ids: readonly (readonly number[])[];
  readonly sites: readonly Site[];
  /** Most queries in a chunk (default 512). */
  readonly maxQueries?: number;
  readonly signal?: AbortSignal | undefined;
}

export type SiteStreamEvent =
  /** [B P D], the stream before the first layer. */
  | { readonly kind: 'embed'; readonly stream: Tensor }
  | {
      readonly kind: 'sites';
      readonly layer: number;
      /** Position of the chunk's first query; what stands at padding means nothing. */
      readonly from: number;
      readonly sites: ReadonlyMap<Site, Tensor>;
    }
  /** [B P D], the stream after the last layer. */
  | { readonly kind: 'end'; readonly stream: Tensor };

/** Values of a pattern in memory at a time: 64 MB, or one query of every row. */
const PATTERN_VALUES = 16 * 2 ** 20;
const MOST_QUERIES = 512;

/** Every program is a turn of its own on the model. Throws Fault for a bad prompt and a stream that is not finite. */
export async function* siteStream(model: Model, request: SiteStreamRequest): AsyncGenerator<SiteStreamEvent> {
  yield* new SiteStream(model, request).run();
}

interface Chunk {
  readonly from: number;
  readonly to: number;
  readonly pass: Pass;
}

class SiteStream {
  readonly #model: Model;
  readonly #sites: ReadonlySet<Site>;
  readonly #signal: AbortSignal | undefined;
  readonly #chunks: readonly Chunk[];

  constructor(model: Model, request: SiteStreamRequest) {
    this.#model = model;
    this.#sites = new Set(request.sites);
    this.#signal = request.signal;
    this.#chunks = chunksOf(model, request);
  }

  async *run(): AsyncGenerator<SiteStreamEvent> {
    let stream = await this.#embed();
    yield { kind: 'embed', stream };
    for (let layer = 0; layer < this.#model.family.shape.layers; layer++) stream = yield* this.#layer(layer, stream);
    yield { kind: 'end', stream };
  }

  async #embed(): Promise<Tensor> {
    const parts: Tensor[] = [];
    for (const { pass } of this.#chunks) {
      parts.push((await this.#turn(() => pass.embed(new Map(), new Set()))).stream);
    }
    return joinAxis(parts, 'P');
  }

  /** Returns the stream after the layer. */
  async *#layer(layer: number, stream: Tensor): AsyncGenerator<SiteStreamEvent, Tensor> {
    const parts: Tensor[] = [];
    let cache: LayerCache | undefined;
    for (const { from, to, pass } of this.#chunks) {
      const residPre = sliceAxis(stream, 'P', from, to);
      const taps = { edits: new Map(), capture: this.#sites, keepsCache: this.#chunks.length > 1 };
      const known = cache;
      const result = await this.#turn(() => pass.block({ layer, residPre, cache: known, ...taps }));
      cache = extendCache(cache, result.fresh);
      parts.push(result.stream);
      yield { kind: 'sites', layer, from, sites: result.captured };
    }
    const after = joinAxis(parts, 'P');
    this.#model.checkStream(layer, after);
    return after;
  }

  #turn<T>(act: () => Promise<T>): Promise<T> {
    this.#signal?.throwIfAborted();
    return this.#model.exclusive(act);
  }
}

/** With a bidirectional mask every query needs every key at once: one chunk. */
function chunksOf({ family, programs }: Model, { ids, maxQueries = MOST_QUERIES }: SiteStreamRequest): Chunk[] {
  const batch = makeBatch(ids, family, 'right');
  const { rows, slots } = batch;
  const fitting = Math.floor(PATTERN_VALUES / (rows * family.shape.heads * slots));
  const size = family.causal ? Math.max(1, Math.min(maxQueries, fitting)) : slots;
  return Array.from({ length: Math.ceil(slots / size) }, (_, chunk) => {
    const [from, to] = [chunk * size, Math.min(slots, (chunk + 1) * size)];
    const queries = Array.from({ length: to - from }, (__, i) => from + i);
    return { from, to, pass: new Pass(family, programs, batch, { queries, stream: queries, keys: to }) };
  });
}

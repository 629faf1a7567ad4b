/**
 * What a readout computes of every block, streamed: one chunk of queries of one layer at a time. Inside a program the chunk's
 * pattern is at most 32 MB (or one query of every row, where that is more; a bidirectional model's layer is one chunk), and
 * what is computed of it has a few times that; besides it there are the stream [B P D] and one layer's keys and values.
 */
import { joinAxis, sliceAxis } from '../tensor/positions.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Batch } from './batch.ts';
import { makeBatch } from './batch.ts';
import type { ForwardHost } from './forward.ts';
import { extendCache } from './forward.ts';
import type { Feeds } from './ort.ts';
import type { LayerCache } from './pass.ts';
import { Pass } from './pass.ts';
import type { Readout } from './readout.ts';

/** Some queries of every row: positions [from, to). */
export interface QuerySpan {
  readonly from: number;
  readonly to: number;
  /** They see keys [0, keys). */
  readonly keys: number;
}

export interface ReadoutsRequest {
  /** Rows of token ids; shorter ones are padded on the right. */
  readonly ids: readonly (readonly number[])[];
  readonly readout: Readout;
  /** What the readout's own inputs are at a chunk; asked for in every layer. */
  feeds(chunk: QuerySpan): Feeds;
  /** Per row, the positions whose logits are given after the last layer; none where omitted. */
  readonly logitsAt?: readonly (readonly number[])[];
  /** Most queries in a chunk (default 512). */
  readonly maxQueries?: number;
  readonly signal?: AbortSignal;
}

export type ReadoutEvent =
  | {
      readonly kind: 'read';
      readonly layer: number;
      readonly chunk: QuerySpan;
      /** By the readout's names; what stands at padding means nothing. */
      readonly values: ReadonlyMap<string, Tensor>;
    }
  | { readonly kind: 'layer'; readonly layer: number }
  | {
      readonly kind: 'logits';
      readonly row: number;
      /** The first of the row's positions that these are at. */
      readonly from: number;
      /** [B 1, P, V] */
      readonly logits: Tensor;
    };

/** Values in a chunk of a pattern, at most. Smaller chunks cost more than they save: every one reads the layer's weights again. */
const MOST_VALUES = 8 * 2 ** 20;
const MOST_QUERIES = 512;
/** Positions whose logits are in memory at a time. */
const LOGIT_POSITIONS = 64;

/** Chunks of each layer in order, the layer's end after them, and last the logits that were asked for, row by row, some positions at a time. */
export async function* readouts(host: ForwardHost, request: ReadoutsRequest): AsyncGenerator<ReadoutEvent> {
  yield* new Readouts(host, request).run();
}

interface Chunk {
  readonly span: QuerySpan;
  readonly pass: Pass;
}

class Readouts {
  readonly #host: ForwardHost;
  readonly #request: ReadoutsRequest;
  readonly #chunks: readonly Chunk[];

  constructor(host: ForwardHost, request: ReadoutsRequest) {
    this.#host = host;
    this.#request = request;
    const batch = makeBatch(request.ids, host.family, 'right');
    this.#chunks = spans(host, batch, request.maxQueries ?? MOST_QUERIES).map((span) => {
      const queries = Array.from({ length: span.to - span.from }, (_, i) => span.from + i);
      return { span, pass: new Pass(host.family, host.programs, batch, { queries, stream: queries, keys: span.keys }) };
    });
  }

  async *run(): AsyncGenerator<ReadoutEvent> {
    let stream = await this.#embed();
    for (let layer = 0; layer < this.#host.family.shape.layers; layer++) {
      const parts: Tensor[] = [];
      let cache: LayerCache | undefined;
      for (const chunk of this.#chunks) {
        this.#request.signal?.throwIfAborted();
        const result = await this.#block(chunk, layer, stream, cache);
        cache = extendCache(cache, result.fresh);
        parts.push(result.stream);
        yield { kind: 'read', layer, chunk: chunk.span, values: result.read };
      }
      stream = joinAxis(parts, 'P');
      this.#host.checkStream(layer, stream);
      yield { kind: 'layer', layer };
    }
    yield* this.#logits(stream);
  }

  async #embed(): Promise<Tensor> {
    const parts: Tensor[] = [];
    for (const { pass } of this.#chunks) parts.push((await pass.embed(new Map(), new Set())).stream);
    return joinAxis(parts, 'P');
  }

  #block({ span, pass }: Chunk, layer: number, stream: Tensor, cache?: LayerCache) {
    const residPre = sliceAxis(stream, 'P', span.from, span.to);
    const keepsCache = this.#chunks.length > 1;
    const { readout } = this.#request;
    return pass.blockReadout({ layer, residPre, cache, keepsCache, readout, feeds: this.#request.feeds(span) });
  }

  /** Some positions of a row at a time: logits of a whole prompt may be larger than all the rest. */
  async *#logits(stream: Tensor): AsyncGenerator<ReadoutEvent> {
    const pass = this.#chunks[0]?.pass;
    for (const [row, positions] of (this.#request.logitsAt ?? []).entries()) {
      if (positions.length === 0 || pass === undefined) continue;
      const own = sliceAxis(stream, 'B', row, row + 1);
      for (let from = 0; from < positions.length; from += LOGIT_POSITIONS) {
        this.#request.signal?.throwIfAborted();
        const parts = positions.slice(from, from + LOGIT_POSITIONS).map((at) => sliceAxis(own, 'P', at, at + 1));
        yield {
          kind: 'logits',
          row,
          from,
          logits: (await pass.unembed(joinAxis(parts, 'P'), new Map(), new Set())).stream,
        };
      }
    }
  }
}

/** Of equal size, as few as hold. With a bidirectional mask every query needs every key at once: one chunk. */
function spans({ family: { causal, shape } }: ForwardHost, { rows, slots }: Batch, most: number): QuerySpan[] {
  const fitting = Math.max(1, Math.min(most, Math.floor(MOST_VALUES / (rows * shape.heads * slots))));
  const count = causal ? Math.ceil(slots / fitting) : 1;
  return Array.from({ length: count }, (_, chunk) => {
    const to = Math.floor(((chunk + 1) * slots) / count);
    return { from: Math.floor((chunk * slots) / count), to, keys: to };
  });
}

/**
 * The attention pattern of every layer, streamed: one chunk of queries of one layer is in memory at a time, at most 32 MB,
 * or one query of every row where that is more (a bidirectional model's layer is one chunk); besides it the stream [B P D]
 * and, where there are several chunks, one layer's keys and values. Where writes are asked for, the chunk's headWrite [B P N D]
 * is bounded alike, and only its norms are given. Norms come from headWrite and not from z and the Gram matrix W_O W_O^T of
 * each head because W_O is at hand only inside a family's program, and D reads a head and position are less than H^2.
 */
import type { Site } from '../terms/sites.ts';
import { norms } from '../tensor/norms.ts';
import { joinAxis, sliceAxis } from '../tensor/positions.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Batch } from './batch.ts';
import { makeBatch } from './batch.ts';
import type { ForwardHost } from './forward.ts';
import { extendCache } from './forward.ts';
import type { LayerCache, PartResult } from './pass.ts';
import { Pass } from './pass.ts';

export interface PatternsRequest {
  /** Rows of token ids; shorter ones are padded on the right. */
  readonly ids: readonly (readonly number[])[];
  /** Per row, the positions whose logits are given after the last layer; none where omitted. */
  readonly logitsAt?: readonly (readonly number[])[];
  /** Whether the lengths of what heads write are given with the pattern (default no). */
  readonly writes?: boolean;
  /** Most queries in a chunk (default 512). */
  readonly maxQueries?: number;
  readonly signal?: AbortSignal;
}

/** Lengths (L2 norms) at the chunk's queries. */
export interface WriteNorms {
  /** [B P N]: of each head's write z W_O, without the output bias and before what a family puts after attention. */
  readonly write: Tensor;
  /** [B P] */
  readonly residPre: Tensor;
}

export type PatternEvent =
  | {
      readonly kind: 'pattern';
      readonly layer: number;
      /** Position of the chunk's first query. */
      readonly from: number;
      /** [B N P K], keys from position 0; what stands at padding means nothing. */
      readonly pattern: Tensor;
      /** Where asked for. */
      readonly norms: WriteNorms | null;
    }
  | { readonly kind: 'layer'; readonly layer: number }
  | {
      readonly kind: 'logits';
      readonly row: number;
      /** [B 1, P, V] at the row's positions. */
      readonly logits: Tensor;
    };

/** Values in a chunk of a pattern, at most, and in one of headWrite. */
const MOST_VALUES = 8 * 2 ** 20;
const MOST_QUERIES = 512;

/** Chunks of each layer in order, the layer's end after them, and last the logits that were asked for, row by row. */
export async function* patterns(host: ForwardHost, request: PatternsRequest): AsyncGenerator<PatternEvent> {
  yield* new Patterns(host, request).run();
}

interface Chunk {
  readonly queries: readonly number[];
  readonly pass: Pass;
}

class Patterns {
  readonly #host: ForwardHost;
  readonly #request: PatternsRequest;
  readonly #chunks: readonly Chunk[];
  readonly #capture: ReadonlySet<Site>;

  constructor(host: ForwardHost, request: PatternsRequest) {
    this.#host = host;
    this.#request = request;
    const batch = makeBatch(request.ids, host.family, 'right');
    this.#capture = new Set(request.writes === true ? ['pattern', 'headWrite'] : ['pattern']);
    this.#chunks = queryChunks(host, batch, request).map((queries) => {
      const slots = { queries, stream: queries, keys: (queries.at(-1) ?? 0) + 1 };
      return { queries, pass: new Pass(host.family, host.programs, batch, slots) };
    });
  }

  async *run(): AsyncGenerator<PatternEvent> {
    let stream = await this.#embed();
    for (let layer = 0; layer < this.#host.family.shape.layers; layer++) {
      const parts: Tensor[] = [];
      let cache: LayerCache | undefined;
      for (const chunk of this.#chunks) {
        this.#request.signal?.throwIfAborted();
        const residPre = sliceAxis(stream, 'P', chunk.queries[0] ?? 0, (chunk.queries.at(-1) ?? 0) + 1);
        const result = await this.#block(chunk, layer, residPre, cache);
        cache = extendCache(cache, result.fresh);
        parts.push(result.stream);
        yield { kind: 'pattern', layer, from: chunk.queries[0] ?? 0, ...readingsOf(result, residPre) };
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

  #block({ pass }: Chunk, layer: number, residPre: Tensor, cache?: LayerCache) {
    const keepsCache = this.#chunks.length > 1;
    return pass.block({ layer, residPre, cache, edits: new Map(), capture: this.#capture, keepsCache });
  }

  /** A row at a time: logits of a whole batch would be larger than all the rest. */
  async *#logits(stream: Tensor): AsyncGenerator<PatternEvent> {
    const pass = this.#chunks[0]?.pass;
    for (const [row, positions] of (this.#request.logitsAt ?? []).entries()) {
      if (positions.length === 0 || pass === undefined) continue;
      this.#request.signal?.throwIfAborted();
      const own = sliceAxis(stream, 'B', row, row + 1);
      const chosen = joinAxis(
        positions.map((position) => sliceAxis(own, 'P', position, position + 1)),
        'P',
      );
      yield { kind: 'logits', row, logits: (await pass.unembed(chosen, new Map(), new Set())).stream };
    }
  }
}

function readingsOf({ captured }: PartResult, residPre: Tensor): { pattern: Tensor; norms: WriteNorms | null } {
  const [pattern, write] = [captured.get('pattern'), captured.get('headWrite')];
  if (pattern === undefined) throw new RangeError('a block gave no pattern');
  return { pattern, norms: write === undefined ? null : { write: norms(write), residPre: norms(residPre) } };
}

/** With a bidirectional mask every query needs every key at once: one chunk. */
function queryChunks({ family: { causal, shape } }: ForwardHost, batch: Batch, request: PatternsRequest): number[][] {
  const { rows, slots } = batch;
  const perQuery = rows * shape.heads * Math.max(slots, request.writes === true ? shape.width : 0);
  const most = request.maxQueries ?? MOST_QUERIES;
  const size = causal ? Math.max(1, Math.min(most, Math.floor(MOST_VALUES / perQuery))) : slots;
  return Array.from({ length: Math.ceil(slots / size) }, (_, chunk) =>
    Array.from({ length: Math.min(size, slots - chunk * size) }, (__, i) => chunk * size + i),
  );
}

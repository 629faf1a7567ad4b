/**
 * Sites of every layer, streamed: one chunk of queries of one layer is in memory at a time, besides the stream [B P D] and, where
 * there are several chunks, one layer's keys and values. What a forward pass that keeps all layers would hold is many times as much.
 */
import { joinAxis, sliceAxis } from '../tensor/positions.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Site } from '../terms/sites.ts';
import { makeBatch } from '../run/batch.ts';
import { extendCache } from '../run/forward.ts';
import type { Model } from '../run/index.ts';
import type { LayerCache } from '../run/pass.ts';
import { Pass } from '../run/pass.ts';

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

/** Every program is a turn of its own on the model. */
export async function* siteStream(model: Model, request: SiteStreamRequest): AsyncGenerator<SiteStreamEvent> {
  const batch = makeBatch(request.ids, model.family, 'right');
  const chunks = chunksOf(model, batch.rows, batch.slots, request.maxQueries).map((queries) => {
    const slots = { queries, stream: queries, keys: (queries.at(-1) ?? 0) + 1 };
    return { from: queries[0] ?? 0, size: queries.length, pass: new Pass(model.family, model.programs, batch, slots) };
  });
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    request.signal?.throwIfAborted();
    return model.exclusive(act);
  };
  const embedded: Tensor[] = [];
  for (const { pass } of chunks) embedded.push((await inTurn(() => pass.embed(new Map(), new Set()))).stream);
  let stream = joinAxis(embedded, 'P');
  yield { kind: 'embed', stream };
  const capture = new Set(request.sites);
  for (let layer = 0; layer < model.family.shape.layers; layer++) {
    const parts: Tensor[] = [];
    let cache: LayerCache | undefined;
    for (const { from, size, pass } of chunks) {
      const residPre = sliceAxis(stream, 'P', from, from + size);
      const asked = { layer, residPre, cache, edits: new Map(), capture, keepsCache: chunks.length > 1 };
      const result = await inTurn(() => pass.block(asked));
      cache = extendCache(cache, result.fresh);
      parts.push(result.stream);
      yield { kind: 'sites', layer, from, sites: result.captured };
    }
    stream = joinAxis(parts, 'P');
    model.checkStream(layer, stream);
  }
  yield { kind: 'end', stream };
}

/** With a bidirectional mask every query needs every key at once: one chunk. */
function chunksOf(
  { family: { causal, shape } }: Model,
  rows: number,
  slots: number,
  queries = MOST_QUERIES,
): number[][] {
  const most = Math.max(1, Math.min(queries, Math.floor(PATTERN_VALUES / (rows * shape.heads * slots))));
  const size = causal ? most : slots;
  return Array.from({ length: Math.ceil(slots / size) }, (_, chunk) =>
    Array.from({ length: Math.min(size, slots - chunk * size) }, (__, i) => chunk * size + i),
  );
}

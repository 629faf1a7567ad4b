/** One prompt that grows: its keys and values are kept, and the attention of the positions that are added can be read. */
import type { Site } from '../terms/sites.ts';
import { joinAxis, sliceAxis } from '../tensor/positions.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { axisSize } from '../tensor/tensor.ts';
import { makeBatch } from './batch.ts';
import type { ForwardHost } from './forward.ts';
import { extendCache } from './forward.ts';
import type { LayerCache } from './pass.ts';
import { Pass } from './pass.ts';

/** Attention of some of the added positions in one layer. */
export interface AttendedRows {
  readonly layer: number;
  /** Position of the first row. */
  readonly from: number;
  /** [B 1, N, P, K] after the softmax, keys from position 0 to the last row's. */
  readonly pattern: Tensor;
  /** [B 1, G, T, H] of the same keys. */
  readonly values: Tensor;
}

export interface ExtendOptions {
  /** Given every layer's attention, in order, before the next one runs. */
  readonly read?: (rows: AttendedRows) => void | Promise<void>;
  readonly signal?: AbortSignal;
}

/** Most positions in one program run: rows of attention [N P K] stay small, and others get their turn between programs. */
const MOST_QUERIES = 256;
const none = new Set<Site>();
const attention = new Set<Site>(['pattern']);

/** Of a causal model. */
export class CachedRun {
  readonly #host: ForwardHost;
  readonly #ids: number[];
  readonly #caches: (LayerCache | undefined)[];

  constructor(host: ForwardHost, ids: readonly number[] = [], caches: readonly (LayerCache | undefined)[] = []) {
    this.#host = host;
    this.#ids = [...ids];
    this.#caches = Array.from({ length: host.family.shape.layers }, (_, layer) => caches[layer]);
  }

  /** Goes on from here without this one. */
  fork(): CachedRun {
    return new CachedRun(this.#host, this.#ids, this.#caches);
  }

  /** The stream [B 1, P, D] after the last layer at the added positions. Throws Fault for ids that the model can't take. */
  async extend(ids: readonly number[], options: ExtendOptions = {}): Promise<Tensor> {
    const streams: Tensor[] = [];
    for (let from = 0; from < ids.length; from += MOST_QUERIES)
      streams.push(await this.#extendChunk(ids.slice(from, from + MOST_QUERIES), options));
    return joinAxis(streams, 'P');
  }

  /** Logits [B 1, P, V] of streams that `extend` gave for the newest positions. */
  async logits(stream: Tensor): Promise<Tensor> {
    const from = this.#ids.length - axisSize(stream, 'P');
    return (await this.#pass(from).unembed(stream, new Map(), none)).stream;
  }

  async #extendChunk(ids: readonly number[], { read, signal }: ExtendOptions): Promise<Tensor> {
    const from = this.#ids.length;
    this.#ids.push(...ids);
    const pass = this.#pass(from);
    let { stream } = await pass.embed(new Map(), none);
    for (let layer = 0; layer < this.#host.family.shape.layers; layer++) {
      const capture = read === undefined ? none : attention;
      const cache = this.#caches[layer];
      const result = await pass.block({ layer, residPre: stream, cache, edits: new Map(), capture, keepsCache: true });
      const extended = extendCache(cache, result.fresh);
      this.#caches[layer] = extended;
      stream = result.stream;
      this.#host.checkStream(layer, stream);
      const pattern = result.captured.get('pattern');
      if (pattern !== undefined && extended !== undefined)
        await read?.({ layer, from, pattern, values: extended.values });
      signal?.throwIfAborted();
    }
    return stream;
  }

  #pass(from: number): Pass {
    const batch = makeBatch([this.#ids], this.#host.family, 'right');
    const queries = Array.from({ length: batch.slots - from }, (_, i) => from + i);
    return new Pass(this.#host.family, this.#host.programs, batch, { queries, stream: queries, keys: batch.slots });
  }
}

/** The last position of a stream or of logits. */
export function lastPosition(x: Tensor): Tensor {
  const positions = axisSize(x, 'P');
  return sliceAxis(x, 'P', positions - 1, positions);
}

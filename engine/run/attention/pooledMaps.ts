/** The pooled maps of one prompt, each filled once, whoever reads it. */
import type { AttentionRequest } from './attentionAnswers.ts';
import type { ByteBudget } from './kept.ts';
import { Kept } from './kept.ts';
import type { MeasuredChunks } from './measuredChunks.ts';
import type { MapShape } from './pooledMap.ts';
import { PooledMap } from './pooledMap.ts';
import type { QueryChunk } from './queryChunks.ts';
import { chunkOf } from './queryChunks.ts';

export class PooledMaps {
  readonly #budget: ByteBudget;
  readonly #chunks: readonly QueryChunk[];
  readonly #measured: MeasuredChunks;
  readonly #kept = new Map<string, Kept<PooledMap>>();

  /** Maps that a reader is adding a chunk to. */
  readonly #adding = new Map<PooledMap, Promise<void>>();

  constructor(measured: MeasuredChunks, chunks: readonly QueryChunk[], budget: ByteBudget) {
    this.#measured = measured;
    this.#chunks = chunks;
    this.#budget = budget;
  }

  drop(): void {
    for (const kept of this.#kept.values()) kept.drop();
  }

  /** The map, each time that queries were added; those that an earlier reader has added are there at once. */
  async *filling(request: AttentionRequest, shape: MapShape): AsyncGenerator<PooledMap> {
    const { kept, map } = this.#open(request, shape);
    yield map;
    while (!map.isWhole) {
      await this.#addNext(request, map);
      kept.set(map, map.bytes);
      yield map;
    }
  }

  /** Waits for a chunk that another reader is adding; where that one gives up, the next call adds it. */
  async #addNext(request: AttentionRequest, map: PooledMap): Promise<void> {
    const others = this.#adding.get(map);
    if (others !== undefined) {
      await others.catch(() => undefined);
      return request.signal?.throwIfAborted();
    }
    const own = this.#add(request, map);
    this.#adding.set(map, own);
    try {
      await own;
    } finally {
      this.#adding.delete(map);
    }
  }

  async #add(request: AttentionRequest, map: PooledMap): Promise<void> {
    const chunk = chunkOf(this.#chunks, map.next);
    map.add(chunk, await this.#measured.all(request, chunk));
  }

  #open({ layer, measure = 'pattern' }: AttentionRequest, shape: MapShape): { kept: Kept<PooledMap>; map: PooledMap } {
    const key = [layer, measure, shape.heads, shape.step, shape.pool, shape.skipKeys].join(' ');
    const kept = this.#kept.get(key) ?? new Kept<PooledMap>(this.#budget);
    const map = kept.get() ?? new PooledMap(shape);
    this.#kept.set(key, kept);
    kept.set(map, map.bytes);
    return { kept, map };
  }
}

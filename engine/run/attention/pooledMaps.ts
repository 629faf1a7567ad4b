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

  constructor(measured: MeasuredChunks, chunks: readonly QueryChunk[], budget: ByteBudget) {
    this.#measured = measured;
    this.#chunks = chunks;
    this.#budget = budget;
  }

  drop(): void {
    for (const kept of this.#kept.values()) kept.drop();
  }

  /** The map, with as many queries as were added; a reader that left earlier has left them here. */
  async *filling(request: AttentionRequest, shape: MapShape): AsyncGenerator<PooledMap> {
    const { kept, map } = this.#open(request, shape);
    yield map;
    while (!map.isWhole) {
      const chunk = chunkOf(this.#chunks, map.next);
      const values = await this.#measured.all(request, chunk);
      // Another reader of the same map may have added it meanwhile.
      if (map.next === chunk.from) map.add(chunk, values);
      kept.set(map, map.bytes);
      yield map;
    }
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

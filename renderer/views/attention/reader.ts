/** The attention of one subject as a window reads it: tiles and rows, fetched as they are looked at, and whole overviews. */
import type { Client } from '../../../engine/results/contract.ts';
import type { Held } from './held.ts';
import { createHeld } from './held.ts';
import type { LazyStore } from './lazyStore.ts';
import { createLazyStore } from './lazyStore.ts';
import type { Overview } from './overview.ts';
import type { Pool, TileKey } from './pyramid.ts';
import { tileRange } from './pyramid.ts';
import type { Subject } from './subject.ts';

export interface RowKey {
  readonly layer: number;
  readonly head: number;
  /** `looksAt`: of a query over keys. `seenBy`: of all queries on a key. */
  readonly side: 'looksAt' | 'seenBy';
  readonly position: number;
}

export interface Reader {
  readonly client: Client;
  readonly subject: Subject;
  readonly tokens: number;
  readonly tiles: LazyStore<TileKey, Float32Array>;
  /** [tokens] */
  readonly rows: LazyStore<RowKey, Float32Array>;
  /** Overviews that are whole, by `overviewName`. */
  readonly overviews: Held<Overview>;
  readonly retry: () => void;
  /** Ends what is on its way; it can be asked again. */
  readonly rest: () => void;
}

/** A tile of 256 x 256 cells takes 256 KiB. */
const TILE_BYTES = 64 * 2 ** 20;
const OVERVIEW_BYTES = 32 * 2 ** 20;
const ROW_BYTES = 8 * 2 ** 20;
const TILES_AT_ONCE = 3;
const ROWS_AT_ONCE = 2;

export function createReader(client: Client, subject: Subject, tokens: number): Reader {
  const tiles = createLazyStore<TileKey, Float32Array>({
    nameOf: ({ layer, head, pool, level, row, column }) => `${layer} ${head} ${pool} ${level} ${row} ${column}`,
    load: async ({ layer, head, pool, level, row, column }, signal) => {
      const [queries, keys] = [tileRange(row, level, tokens), tileRange(column, level, tokens)];
      const request = { ...subject, layer, head, queries, keys, step: 2 ** level, pool };
      return (await client.attentionTile(request, { signal })).data;
    },
    bytesOf,
    bytes: TILE_BYTES,
    atOnce: TILES_AT_ONCE,
  });
  // A row is all there is of a query; keys that a map leaves out are part of it.
  const { skipKeys: _, ...whole } = subject;
  const rows = createLazyStore<RowKey, Float32Array>({
    nameOf: ({ layer, head, side, position }) => `${layer} ${head} ${side} ${position}`,
    load: async (key, signal) => (await client.attentionRow({ ...whole, ...key }, { signal })).data,
    bytesOf,
    bytes: ROW_BYTES,
    atOnce: ROWS_AT_ONCE,
  });
  return {
    ...{
      client,
      subject,
      tokens,
      tiles,
      rows,
      overviews: createHeld<Overview>({ bytesOf: ({ values }) => values.byteLength, bytes: OVERVIEW_BYTES }),
    },
    retry: () => [tiles, rows].forEach((store) => store.retry()),
    rest: () => [tiles, rows].forEach((store) => store.rest()),
  };
}

function bytesOf({ byteLength }: Float32Array): number {
  return byteLength;
}

export function overviewName(layer: number, head: number, pool: Pool): string {
  return `${layer} ${head} ${pool}`;
}

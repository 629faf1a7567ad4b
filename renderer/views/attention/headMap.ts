/**
 * One head's map: the overview streams in, queries first to last, and finer tiles are fetched where one zooms. It is a source
 * that the map draws from, and a store that says how far it is.
 */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { HeadRef } from '../../../engine/results/units.ts';
import type { MapSource } from '../../marks/attentionMap/attentionMap.tsx';
import type { KnownValue, MapState } from './mapState.ts';
import { begun } from './mapState.ts';
import { createOverviewStream } from './overviewStream.ts';
import type { Pool, TileKey } from './pyramid.ts';
import { largestSize, placeInTile, tileOf } from './pyramid.ts';
import type { Reader } from './reader.ts';

export interface HeadMap extends MapSource {
  readonly tokens: number;
  readonly pool: Pool;
  readonly store: StoreApi<MapState>;
  readonly valueAt: (query: number, key: number) => KnownValue | null;
  /** Begins; returns the way to end what is on its way. */
  readonly start: () => () => void;
  /** Ends the overview and keeps what came. */
  readonly cancel: () => void;
  readonly retry: () => void;
}

export function createHeadMap(reader: Reader, { layer, head }: HeadRef, pool: Pool): HeadMap {
  const { tokens, tiles } = reader;
  const store = createStore<MapState>(() => begun);
  const listeners = new Set<() => void>();
  const tell = () => listeners.forEach((listener) => listener());
  const see = (values: Float32Array) => {
    const largest = largestSize(values);
    if (largest > store.getState().largest) store.setState({ largest });
  };
  const overview = createOverviewStream({ reader, layer, head, pool, store, see, tell });
  const asker = tiles.asker();
  const collector = createCollector<TileKey>(asker.ask);
  const keyOf = (place: Pick<TileKey, 'level' | 'row' | 'column'>): TileKey => ({ layer, head, pool, ...place });
  const onTiles = () => {
    const error = tiles.error();
    if (error !== null) store.setState({ status: 'error', error });
    tell();
  };
  const valueAt = (query: number, key: number): KnownValue | null => {
    for (let level = 0; level < overview.least; level++) {
      const { row, column, index } = placeInTile(query, key, level, tokens);
      const value = tiles.peek(keyOf({ level, row, column }))?.[index];
      if (value !== undefined) return { value, step: 2 ** level };
    }
    return overview.valueAt(query, key);
  };

  return {
    tokens,
    pool,
    store,
    valueAt,
    read: (window, isWanted = true) => {
      const place = tileOf(window, tokens);
      if (place === null) {
        // A single cell, for its spoken description: from what is held.
        const known = valueAt(window.queries[0], window.keys[0]);
        return known?.step === 2 ** window.level ? Float32Array.of(known.value) : null;
      }
      if (place.level >= overview.least) return overview.tile(place);
      const values = tiles.peek(keyOf(place));
      if (values !== null) see(values);
      else if (isWanted) collector.add(keyOf(place));
      return values;
    },
    isWhole: (window) => {
      const place = tileOf(window, tokens);
      return place === null || place.level < overview.least || overview.hasTile(place);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start: () => {
      const stop = tiles.subscribe(onTiles);
      overview.begin();
      return () => {
        stop();
        asker.ask([]);
        overview.cancel();
      };
    },
    cancel: overview.cancel,
    retry: () => {
      tiles.retry();
      overview.begin();
    },
  };
}

/** One painting reads tile by tile; what it lacked is asked for together when it is over. */
function createCollector<K>(ask: (keys: readonly K[]) => void): { readonly add: (key: K) => void } {
  let keys: K[] = [];
  return {
    add: (key) => {
      if (keys.length === 0) {
        queueMicrotask(() => {
          const all = keys;
          keys = [];
          ask(all);
        });
      }
      keys.push(key);
    },
  };
}

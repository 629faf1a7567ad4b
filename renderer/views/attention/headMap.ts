/**
 * One head's map: the overview streams in, queries first to last, and finer tiles are fetched where one zooms. It is a source
 * that the map draws from, and a store that says how far it is.
 */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { EventOf } from '../../../engine/results/contract.ts';
import { isAbort } from '../../../engine/results/errors.ts';
import type { HeadRef } from '../../../engine/results/units.ts';
import { stream } from '../../api/stream.ts';
import type { MapSource, MapWindow } from '../../marks/attentionMap/attentionMap.tsx';
import type { Pool, TileKey } from './pyramid.ts';
import { largestSize, overviewCells, placeInTile, tileOf, topLevel } from './pyramid.ts';
import type { Reader } from './reader.ts';
import { overviewName } from './reader.ts';

export interface MapState {
  readonly status: 'loading' | 'done' | 'cancelled' | 'error';
  /** Blocks that have run, of those that must. */
  readonly progress: { readonly done: number; readonly total: number } | null;
  readonly error: Error | null;
  /** Largest size of a value that has come. */
  readonly largest: number;
}

/** What is known of a cell: exact where `step` is 1, else of the `step` x `step` cells around it. */
export interface KnownValue {
  readonly value: number;
  readonly step: number;
}

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
  const top = topLevel(tokens);
  const cells = overviewCells(tokens);
  const name = overviewName(layer, head, pool);
  const store = createStore<MapState>(() => ({ status: 'loading', progress: null, error: null, largest: 0 }));
  const listeners = new Set<() => void>();
  const tell = () => listeners.forEach((listener) => listener());
  const asker = tiles.asker();
  const collector = createCollector<TileKey>(asker.ask);
  let controller = new AbortController();
  let coming: Float32Array | null = null;

  const see = (values: Float32Array) => {
    const largest = Math.max(store.getState().largest, largestSize(values));
    if (largest > store.getState().largest) store.setState({ largest });
  };
  const overview = () => reader.overviews.get(name) ?? coming;
  const keyOf = (place: Pick<TileKey, 'level' | 'row' | 'column'>): TileKey => ({ layer, head, pool, ...place });
  const held = (place: Pick<TileKey, 'level' | 'row' | 'column'>) =>
    place.level === top && cells !== null ? overview() : tiles.peek(keyOf(place));

  const onEvent = (event: EventOf<'attentionMap'>) => {
    if (event.kind === 'progress') return store.setState({ progress: { done: event.done, total: event.total } });
    coming ??= new Float32Array(event.cells * event.cells).fill(NaN);
    coming.set(event.data, event.row * event.cells);
    see(event.data);
    return tell();
  };
  const run = async (size: number, own: AbortController) => {
    store.setState({ status: 'loading', progress: null, error: null });
    const request = { ...reader.subject, layer, head, size, pool };
    try {
      await stream(reader.client, 'attentionMap', request, { onEvent, signal: own.signal });
      if (coming !== null) reader.overviews.put(name, coming);
      if (own === controller) store.setState({ status: 'done' });
      tell();
    } catch (error) {
      if (own === controller) store.setState(failure(error));
    }
  };
  const begin = () => {
    controller.abort();
    controller = new AbortController();
    const known = reader.overviews.get(name);
    if (known !== null) see(known);
    if (known !== null || cells === null) store.setState({ status: 'done' });
    else void run(cells, controller);
  };
  const onTiles = () => {
    const error = tiles.error();
    if (error !== null) store.setState({ status: 'error', error });
    tell();
  };

  return {
    tokens,
    pool,
    store,
    read: (window: MapWindow, isWanted = true) => {
      const place = tileOf(window, tokens);
      if (place === null) return partOf(held, window, tokens);
      const values = held(place);
      if (values !== null && place.level < top) see(values);
      else if (values === null && isWanted && !(place.level === top && cells !== null)) collector.add(keyOf(place));
      return values;
    },
    isWhole: ({ level }) => level < top || cells === null || reader.overviews.get(name) !== null,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    valueAt: (query, key) => {
      for (let level = 0; level <= top; level++) {
        const { row, column, index } = placeInTile(query, key, level, tokens);
        const value = held({ level, row, column })?.[index] ?? NaN;
        if (!Number.isNaN(value)) return { value, step: 2 ** level };
      }
      return null;
    },
    start: () => {
      const stop = tiles.subscribe(onTiles);
      begin();
      return () => {
        stop();
        asker.ask([]);
        controller.abort();
      };
    },
    cancel: () => controller.abort(),
    retry: () => {
      tiles.retry();
      begin();
    },
  };
}

function failure(error: unknown): Partial<MapState> {
  if (isAbort(error)) return { status: 'cancelled' };
  return { status: 'error', error: error instanceof Error ? error : new Error(String(error)) };
}

type Held = (place: Pick<TileKey, 'level' | 'row' | 'column'>) => Float32Array | null;

/** A single cell, for its spoken description: from what is held, and nothing is asked for. */
function partOf(held: Held, { level, queries, keys }: MapWindow, tokens: number): Float32Array | null {
  const { row, column, index } = placeInTile(queries[0], keys[0], level, tokens);
  const value = held({ level, row, column })?.[index];
  return value === undefined ? null : Float32Array.of(value);
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

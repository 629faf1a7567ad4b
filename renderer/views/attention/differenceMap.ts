/** What one map has more than another of the same size: a - b, cell by cell. Both are pooled to means, so theirs is exact too. */
import { createStore } from 'zustand/vanilla';
import type { HeadMap } from './headMap.ts';
import type { MapState } from './mapState.ts';
import { largestSize } from './pyramid.ts';

export function createDifferenceMap(a: HeadMap, b: HeadMap): HeadMap {
  const store = createStore<MapState>(() => together(a.store.getState(), b.store.getState(), 0));
  const sync = () => store.setState(together(a.store.getState(), b.store.getState(), store.getState().largest));
  const both = (act: (map: HeadMap) => void) => [a, b].forEach(act);
  const see = (values: Float32Array) => {
    const largest = largestSize(values);
    if (largest > store.getState().largest) store.setState({ largest });
  };
  return {
    tokens: a.tokens,
    pool: a.pool,
    store,
    read: (window, isWanted) => {
      const [left, right] = [a.read(window, isWanted), b.read(window, isWanted)];
      if (left === null || right === null) return null;
      const values = left.map((value, i) => value - (right[i] ?? NaN));
      see(values);
      return values;
    },
    isWhole: (window) => [a, b].every((map) => map.isWhole?.(window) ?? true),
    subscribe: (listener) => {
      const stops = [a.subscribe(listener), b.subscribe(listener)];
      return () => stops.forEach((stop) => stop());
    },
    valueAt: (query, key) => {
      const [left, right] = [a.valueAt(query, key), b.valueAt(query, key)];
      if (left === null || right === null || left.step !== right.step) return null;
      return { value: left.value - right.value, step: left.step };
    },
    start: () => {
      const stops = [a.store.subscribe(sync), b.store.subscribe(sync), a.start(), b.start()];
      return () => stops.forEach((stop) => stop());
    },
    cancel: () => both((map) => map.cancel()),
    retry: () => both((map) => map.retry()),
  };
}

/** As far as the one that is behind. */
function together(a: MapState, b: MapState, largest: number): MapState {
  const order = ['error', 'cancelled', 'loading', 'done'] as const;
  const status = order.find((state) => a.status === state || b.status === state) ?? 'done';
  const parts = [a.progress, b.progress].filter((progress) => progress !== null);
  const sum = (of: 'done' | 'total') => parts.reduce((all, progress) => all + progress[of], 0);
  const progress = parts.length === 0 ? null : { done: sum('done'), total: sum('total') };
  return { status, progress, error: a.error ?? b.error, largest };
}

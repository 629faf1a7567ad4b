import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { LazyStore } from './lazyStore.ts';
import type { Reader, RowKey } from './reader.ts';

/** One row, fetched while the component is there; null until it has come. */
export function useRow(reader: Reader | null, key: RowKey): Float32Array | null {
  const { layer, head, side, position } = key;
  const asked = useMemo(() => ({ layer, head, side, position }), [layer, head, side, position]);
  const rows = reader?.rows ?? nothing;
  useEffect(() => {
    const asker = rows.asker();
    asker.ask([asked]);
    return () => asker.ask([]);
  }, [rows, asked]);
  return useSyncExternalStore(rows.subscribe, () => rows.peek(asked));
}

const nothing: Pick<LazyStore<RowKey, Float32Array>, 'asker' | 'subscribe' | 'peek'> = {
  asker: () => ({ ask: () => undefined }),
  subscribe: () => () => undefined,
  peek: () => null,
};

/** The overview of one head as it comes, and the levels above it; whole ones are kept by the reader. */
import type { StoreApi } from 'zustand/vanilla';
import type { EventOf } from '../../../engine/results/contract.ts';
import { isAbort } from '../../../engine/results/errors.ts';
import type { HeadRef } from '../../../engine/results/units.ts';
import { stream } from '../../api/stream.ts';
import type { KnownValue, MapState } from './mapState.ts';
import type { Overview } from './overview.ts';
import { addBand, coarser, emptyOverview, hasTile, tileOfOverview, valueIn } from './overview.ts';
import type { Pool, TileKey } from './pyramid.ts';
import { overviewCells, overviewLevel, topLevel } from './pyramid.ts';
import type { Reader } from './reader.ts';
import { overviewName } from './reader.ts';

export interface OverviewOf extends HeadRef {
  readonly reader: Reader;
  readonly pool: Pool;
  readonly store: StoreApi<MapState>;
  readonly see: (values: Float32Array) => void;
  readonly tell: () => void;
}

type Place = Pick<TileKey, 'level' | 'row' | 'column'>;

export function createOverviewStream({ reader, layer, head, pool, store, see, tell }: OverviewOf) {
  const { tokens, subject } = reader;
  const cells = overviewCells(tokens);
  const least = cells === null ? topLevel(tokens) + 1 : overviewLevel(tokens);
  const name = overviewName(layer, head, pool);
  const pairs = { tokens, skipKeys: subject.skipKeys ?? 0 };
  let controller = new AbortController();
  let coming: Overview | null = null;
  let above: { readonly of: Overview; readonly rows: number; readonly made: Overview } | null = null;
  const base = () => reader.overviews.get(name) ?? coming;
  const at = (level: number): Overview | null => {
    const own = base();
    if (own === null || level === own.level) return own;
    if (above?.of !== own || above.rows !== own.rows)
      above = { of: own, rows: own.rows, made: coarser(own, pool, pairs) };
    return above.made;
  };
  const onEvent = (event: EventOf<'attentionMap'>) => {
    if (event.kind === 'progress') return store.setState({ progress: { done: event.done, total: event.total } });
    if (event.row === 0 || coming === null) coming = emptyOverview(least, event.cells);
    addBand(coming, event.row, event.rows, event.data);
    see(event.data);
    return tell();
  };
  const run = async (size: number, own: AbortController) => {
    store.setState({ status: 'loading', progress: null, error: null });
    const request = { ...subject, layer, head, size, pool };
    try {
      await stream(reader.client, 'attentionMap', request, { onEvent, signal: own.signal });
      if (coming !== null) reader.overviews.put(name, coming);
      if (own === controller) store.setState({ status: 'done' });
      tell();
    } catch (error) {
      if (own === controller) store.setState(failure(error));
    }
  };
  return {
    /** Levels from this one on are its own. */
    least,
    begin: () => {
      controller.abort();
      controller = new AbortController();
      const known = reader.overviews.get(name);
      if (known !== null) see(known.values);
      if (known !== null || cells === null) store.setState({ status: 'done', error: null });
      else void run(cells, controller);
    },
    cancel: () => controller.abort(),
    tile: ({ level, row, column }: Place): Float32Array | null => {
      const own = at(level);
      return own === null ? null : tileOfOverview(own, row, column);
    },
    hasTile: ({ level, row }: Place): boolean => {
      const own = at(level);
      return own !== null && hasTile(own, row);
    },
    valueAt: (query: number, key: number): KnownValue | null => {
      const own = base();
      const value = own === null ? NaN : valueIn(own, query, key);
      return own === null || Number.isNaN(value) ? null : { value, step: 2 ** own.level };
    },
  };
}

function failure(error: unknown): Partial<MapState> {
  if (isAbort(error)) return { status: 'cancelled' };
  return { status: 'error', error: error instanceof Error ? error : new Error(String(error)) };
}

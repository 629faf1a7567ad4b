import { useSyncExternalStore } from 'react';
import type { Reader } from './reader.ts';

/** Why rows can't be read; null while they can. */
export function useRowError({ rows }: Reader): Error | null {
  return useSyncExternalStore(rows.subscribe, rows.error);
}

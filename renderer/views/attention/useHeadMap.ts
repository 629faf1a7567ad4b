import { useEffect, useMemo } from 'react';
import type { Compared } from './comparison.ts';
import { createDifferenceMap } from './differenceMap.ts';
import type { HeadMap } from './headMap.ts';
import { createHeadMap } from './headMap.ts';
import type { Reader } from './reader.ts';
import { useReaderBeside } from './useReader.ts';

export interface MapInUse {
  readonly map: HeadMap;
  readonly a: Reader;
  /** Null where nothing is compared. */
  readonly b: Reader | null;
}

/** The map of one side, or of the difference of two; null while their readers are made. */
export function useHeadMap(reader: Reader, compared: Compared): MapInUse | null {
  const a = useReaderBeside(reader, compared.a.subject);
  const b = useReaderBeside(reader, compared.b?.subject ?? null);
  const [{ layer, head }, other] = [compared.a.head, compared.b?.head ?? null];
  const [otherLayer, otherHead] = [other?.layer ?? null, other?.head ?? null];
  const made = useMemo((): MapInUse | null => {
    if (a === null) return null;
    if (otherLayer === null || otherHead === null) return { map: createHeadMap(a, { layer, head }, 'max'), a, b: null };
    if (b === null) return null;
    const [left, right] = [
      createHeadMap(a, { layer, head }, 'mean'),
      createHeadMap(b, { layer: otherLayer, head: otherHead }, 'mean'),
    ];
    return { map: createDifferenceMap(left, right), a, b };
  }, [a, b, layer, head, otherLayer, otherHead]);
  useEffect(() => made?.map.start(), [made]);
  return made;
}

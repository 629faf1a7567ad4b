/** Which heads have the chosen pattern tag. */
import { useMemo } from 'react';
import type { HeadRef } from '../../../engine/results/units.ts';
import type { ScoreTable } from '../../api/runTables.ts';
import { useHeadsSettings } from './headsSettings.ts';
import { tagsOf } from './headTags.ts';
import { useTagTable } from './useTagTable.ts';

export interface Tagged {
  /** The scores that tags are told from; null where none were read. */
  readonly table: ScoreTable | null;
  /** Has one of the heads the chosen tag? Null where none is chosen. */
  readonly isTagged: ((heads: readonly HeadRef[]) => boolean) | null;
}

export function useTagged(): Tagged {
  const table = useTagTable();
  const tag = useHeadsSettings((settings) => settings.tag);
  return useMemo(() => {
    if (table === null || tag === null) return { table, isTagged: null };
    const hasTag = (head: HeadRef) => tagsOf(table, head).some((one) => one.tag === tag);
    return { table, isTagged: (heads) => heads.some(hasTag) };
  }, [table, tag]);
}

/** The rows of a split into streaming and retrieval heads, so far. */
import type { EventOf } from '../../../engine/results/contract.ts';
import type { StreamingGroup, StreamingHeader, StreamingHeadsResult } from '../../../engine/results/streamingHeads.ts';
import { streamingHeadsResult } from '../../../engine/results/streamingHeads.ts';
import type { RunTable } from '../../api/runTables.ts';

export interface ProbeRows {
  readonly header: StreamingHeader;
  /** KV heads, as they came. */
  readonly groups: readonly StreamingGroup[];
}

/** KV heads of each layer: those that are kept, and by which score. */
export type Kept = Pick<StreamingHeadsResult, 'keep' | 'echo' | 'induction'>;

/** Null before the run says what it is. */
export function probeRows(table: RunTable | null): ProbeRows | null {
  if (table?.kind !== 'rows' || table.call !== 'streamingHeads') return null;
  const events = table.rows.flatMap((row) => (row.call === 'streamingHeads' ? [row.event] : []));
  return events.reduce<ProbeRows | null>(withEvent, null);
}

/** A run that went on begins again: what it says anew takes the place of what it had said. */
function withEvent(rows: ProbeRows | null, event: EventOf<'streamingHeads'>): ProbeRows | null {
  if (event.kind === 'start') return { header: event.header, groups: [] };
  if (rows === null || event.kind === 'progress') return rows;
  return { ...rows, groups: [...rows.groups, event] };
}

/** Null until the run is done. */
export function readKept(result: unknown): Kept | null {
  return streamingHeadsResult.safeParse(result).data ?? null;
}

export function isKept(lists: Kept['keep'], { layer, kvGroup }: Pick<StreamingGroup, 'layer' | 'kvGroup'>): boolean {
  return lists[layer]?.includes(kvGroup) === true;
}

/** `echo`, `induction`, `both`, `–`; `not known` until the run is done. */
export function keptWords(kept: Kept | null, group: Pick<StreamingGroup, 'layer' | 'kvGroup'>): string {
  if (kept === null) return 'not known';
  const by = (['echo', 'induction'] as const).filter((score) => isKept(kept[score], group));
  return by.length === 2 ? 'both' : (by[0] ?? '–');
}

export type ProbeScore = 'echo' | 'induction' | 'prior';

/** At [layer * kvHeads + KV head]; NaN where unknown. */
export function probeValues({ header: { shape }, groups }: ProbeRows, score: ProbeScore): Float32Array<ArrayBuffer> {
  const values = new Float32Array(shape.layers * shape.kvHeads).fill(NaN);
  for (const group of groups) values[group.layer * shape.kvHeads + group.kvGroup] = numberOf(group, score);
  return values;
}

function numberOf(group: StreamingGroup, score: ProbeScore): number {
  return score === 'prior' ? (group.prior ?? NaN) : group[score].mean;
}

/** 1 where the score keeps the KV head; the prior keeps none by itself. */
export function keptMarks({ header: { shape } }: ProbeRows, kept: Kept | null, score: ProbeScore): Uint8Array {
  const marks = new Uint8Array(shape.layers * shape.kvHeads);
  if (kept === null || score === 'prior') return marks;
  kept[score].forEach((groups, layer) => groups.forEach((group) => (marks[layer * shape.kvHeads + group] = 1)));
  return marks;
}

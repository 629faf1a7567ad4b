/** The rows of a masking, so far. */
import type { EventOf } from '../../../engine/results/contract.ts';
import type { MaskRows } from '../../../engine/results/maskPoints.ts';
import type { RunTable } from '../../api/runTables.ts';

/** Null before the run says what it is. */
export function maskRows(table: RunTable | null): MaskRows | null {
  if (table?.kind !== 'rows' || table.call !== 'maskCurve') return null;
  const events = table.rows.flatMap((row) => (row.call === 'maskCurve' ? [row.event] : []));
  return events.reduce<MaskRows | null>(withEvent, null);
}

function withEvent(rows: MaskRows | null, event: EventOf<'maskCurve'>): MaskRows | null {
  // A run that went on after an interruption says a second time what it is: what is known stays known.
  if (event.kind === 'start') return rows ?? { header: event.header, runs: [], texts: [] };
  if (rows === null || event.kind === 'progress') return rows;
  return event.of === 'run' ? { ...rows, runs: [...rows.runs, event] } : { ...rows, texts: [...rows.texts, event] };
}

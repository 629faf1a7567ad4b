/** The rows of a masking, so far. */
import type { MaskRows } from '../../../engine/results/maskPoints.ts';
import type { RunTable } from '../../api/runTables.ts';

/** Null before the run says what it is. One that was begun again gives everything again. */
export function maskRows(table: RunTable | null): MaskRows | null {
  if (table?.kind !== 'rows' || table.call !== 'maskCurve') return null;
  let rows: MaskRows | null = null;
  for (const row of table.rows) {
    if (row.call !== 'maskCurve' || row.event.kind === 'progress') continue;
    const { event } = row;
    if (event.kind === 'start') rows = { header: event.header, runs: [], texts: [] };
    else if (rows !== null && event.of === 'run') rows = { ...rows, runs: [...rows.runs, event] };
    else if (rows !== null && event.of === 'text') rows = { ...rows, texts: [...rows.texts, event] };
  }
  return rows;
}

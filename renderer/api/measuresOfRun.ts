/** What one run says about heads, each as a measure that can colour a matrix of heads. */
import type { RunRow } from '../../engine/results/runs.ts';
import { circuitMeasures } from './circuitMeasures.ts';
import { ablationMeasures, attributionMeasures } from './effectMeasures.ts';
import type { HeadMeasure } from './headMeasure.ts';
import { importanceMeasures } from './importanceMeasures.ts';
import type { RowTable, RunTable } from './runTables.ts';
import { retrievalMeasures, scoreMeasures } from './scoreMeasures.ts';
import { gateMeasures, streamingMeasures } from './streamingMeasures.ts';

export type { HeadMeasure } from './headMeasure.ts';

/** Empty for runs that measure no heads. */
export function measuresOfRun(run: string, table: RunTable): readonly HeadMeasure[] {
  switch (table.kind) {
    case 'ablate':
      return ablationMeasures(run, table);
    case 'attribute':
      return attributionMeasures(run, table);
    case 'scores':
      return scoreMeasures(run, table);
    case 'retrieve':
      return retrievalMeasures(run, table);
    case 'rows':
      return ofRows(run, table);
    default:
      return [];
  }
}

function ofRows(run: string, { call, rows }: RowTable): readonly HeadMeasure[] {
  switch (call) {
    case 'circuit':
      return circuitMeasures(run, rows);
    case 'importance':
      return importanceMeasures(run, rows);
    case 'streamingHeads':
      return streamingMeasures(run, rows);
    case 'duo':
      return gateMeasures(run, rows);
    default:
      return [];
  }
}

/** Writes anew what is not shared with the table: numbers of KV groups, spread over their heads, and those told from rows. */
export function refreshMeasures(list: readonly HeadMeasure[], table: RunTable): void {
  const isApart = table.kind === 'rows' || list.some(({ of }) => of === 'kv-group');
  const fresh = isApart ? measuresOfRun(list[0]?.run ?? '', table) : [];
  for (const measure of fresh) {
    const old = list.find(({ id }) => id === measure.id);
    old?.values.set(measure.values);
    old?.low.set(measure.low);
    old?.high.set(measure.high);
  }
}

/** The model that a table was computed from. */
export function fingerprintOf(table: RunTable): string | null {
  return table.kind === 'rows' ? fingerprintOfRows(table.rows) : table.header.model.fingerprint;
}

function fingerprintOfRows(rows: readonly RunRow[]): string | null {
  for (const row of rows) {
    if (saysModel(row) && row.event.kind === 'start') return row.event.header.model.fingerprint;
  }
  return null;
}

type RowOfHeads = Extract<RunRow, { readonly call: 'importance' | 'streamingHeads' | 'duo' | 'circuit' }>;

function saysModel(row: RunRow): row is RowOfHeads {
  return ['importance', 'streamingHeads', 'duo', 'circuit'].includes(row.call);
}

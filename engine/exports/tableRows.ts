/** Tables of heads as rows, one for each unit and table. Imports results only. */
import type { HeadTable } from '../results/importedScores.ts';
import { finite } from './headsParts.ts';
import { placesOf } from './headKey.ts';

export interface TableRow {
  readonly unit: HeadTable['unit'];
  readonly layer: number;
  readonly head: number | null;
  readonly kvGroup: number | null;
  readonly id: string;
  readonly kind: HeadTable['kind'];
  /** null where it is not known. */
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Runs that the value is the mean of; null where they are not known. */
  readonly runs: number | null;
  readonly label: string | null;
}

/** Table by table, layer by layer. */
export function tableRows(tables: readonly HeadTable[]): TableRow[] {
  return tables.flatMap((table) =>
    placesOf(table.perLayer).map(({ layer, index }, row) => ({
      unit: table.unit,
      layer,
      head: table.unit === 'head' ? index : null,
      kvGroup: table.unit === 'kv-group' ? index : null,
      id: table.id,
      kind: table.kind,
      value: finite(table.values[row] ?? NaN),
      low: finite(table.intervals?.[2 * row] ?? NaN),
      high: finite(table.intervals?.[2 * row + 1] ?? NaN),
      runs: table.runs?.values[row]?.length ?? null,
      label: table.labels?.[row] ?? null,
    })),
  );
}

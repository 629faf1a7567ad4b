/** The rows of a run of criteria as one column of numbers a criterion, while they come; the engine's final rows replace them. */
import type {
  ImportanceAblation,
  ImportanceHeader,
  ImportanceOfUnit,
  ImportanceRow,
} from '../../engine/results/importance.ts';
import type { RunRow } from '../../engine/results/runs.ts';
import { perLayerOf, unitNumber } from './unitNumber.ts';

/** NaN where unknown; `low` and `high` also where a criterion has no interval. */
export interface CriterionColumn {
  readonly id: string;
  readonly values: Float32Array;
  readonly low: Float32Array;
  readonly high: Float32Array;
  /** Units that are known. */
  readonly known: number;
}

export interface ImportanceView {
  readonly header: ImportanceHeader;
  /** In the order of the header's criteria. */
  readonly columns: readonly CriterionColumn[];
  /** Orders of removal that Shapley values are the mean of so far. */
  readonly orders: number;
}

/** Null until the run has said what it is. */
export function importanceOf(rows: readonly RunRow[]): ImportanceView | null {
  const events = rows.flatMap((row) => (row.call === 'importance' ? [row.event] : []));
  // A run that went on says a second time what it is.
  const start = events.find((event) => event.kind === 'start');
  if (start?.kind !== 'start') return null;
  const { header } = start;
  const measured = events.flatMap((event) => (event.kind === 'row' ? [event] : []));
  const units = events.flatMap((event) => (event.kind === 'unit' ? [event] : []));
  const columns = header.criteria.map(({ id }) => columnOf(id, header, measured, units));
  return { header, columns, orders: measured.filter(({ of }) => of === 'order').length };
}

/** What a run asks for a criterion: which numbers of a unit's ablation. */
const ablations: Readonly<Record<string, { by: ImportanceAblation['by']; of: 'change' | 'kl' }>> = {
  zero: { by: 'zero', of: 'change' },
  mean: { by: 'mean', of: 'change' },
  kl: { by: 'zero', of: 'kl' },
};

function columnOf(
  id: string,
  header: ImportanceHeader,
  rows: readonly ImportanceRow[],
  units: readonly ImportanceOfUnit[],
): CriterionColumn {
  const column = emptyColumn(id, header);
  const { shape, unit } = header;
  for (const row of rows) writeRow(column, row, header);
  if (id === 'shapley') writeOrders(column, rows);
  for (const one of units) {
    const found = one.values[id];
    if (found !== undefined && one.unit === unit) {
      write(column, unitNumber(shape, unit, one), found.value, found.interval);
    }
  }
  return { ...column, known: column.values.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : 1), 0) };
}

function writeRow(column: CriterionColumn, row: ImportanceRow, { shape, unit }: ImportanceHeader): void {
  if (row.of === 'order' || row.unit !== unit) return;
  if (row.of === 'values') {
    if (row.criterion === column.id) row.values.forEach((value, at) => write(column, at, value, null));
    return;
  }
  const asked = ablations[column.id];
  if (asked === undefined || row.by !== asked.by) return;
  const { mean, interval, n } = row[asked.of];
  write(column, unitNumber(shape, unit, row), mean, n < 2 ? null : interval);
}

/** The mean of the orders that are there. */
function writeOrders(column: CriterionColumn, rows: readonly ImportanceRow[]): void {
  const orders = rows.flatMap((row) => (row.of === 'order' ? [row.shares] : []));
  if (orders.length === 0) return;
  for (const at of column.values.keys()) {
    const sum = orders.reduce((total, shares) => total + (shares[at] ?? NaN), 0);
    write(column, at, sum / orders.length, null);
  }
}

function write(
  { values, low, high }: CriterionColumn,
  at: number,
  value: number,
  interval: readonly [number, number] | null,
): void {
  values[at] = value;
  low[at] = interval?.[0] ?? NaN;
  high[at] = interval?.[1] ?? NaN;
}

function emptyColumn(id: string, { shape, unit }: ImportanceHeader): CriterionColumn {
  const none = () => new Float32Array(shape.layers * perLayerOf(shape, unit)).fill(NaN);
  return { id, values: none(), low: none(), high: none(), known: 0 };
}

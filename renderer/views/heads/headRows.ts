/** The matrix as rows: every head with its rank and numbers, for the table and for CSV. */
import type { HeadRef } from '../../../engine/results/units.ts';
import type { HeadMeasure } from '../../api/measuresOfRun.ts';
import { rankHeads } from '../../api/rankHeads.ts';
import type { HeadShape } from '../../marks/headShape.ts';
import { hasHead } from '../../marks/headShape.ts';
import type { CsvCell } from '../../parts/csv.ts';
import { csvOf } from '../../parts/csv.ts';
import { groupOf } from '../../api/matrixCells.ts';
import type { MatrixCells } from '../../api/matrixCells.ts';

export interface HeadRow {
  readonly cell: number;
  /** The head, or the first one of the KV group. */
  readonly head: HeadRef;
  /** Its place in the arrays of a measure. */
  readonly at: number;
  readonly name: string;
  /** Null where each head has keys and values of its own. */
  readonly group: number | null;
  /** 1 first; null where unknown. */
  readonly rank: number | null;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Ranked first, unknown last. */
export function headRows(measure: HeadMeasure, cells: MatrixCells, heads: HeadShape): readonly HeadRow[] {
  const ranks = ranksOf(measure, cells);
  const all = Array.from({ length: cells.shape.layers * cells.shape.heads }, (_, cell) => cell);
  const rows = all.flatMap((cell) => rowOf(measure, cells, heads, cell, ranks.get(cell) ?? null));
  return rows.sort((a, b) => (a.rank ?? Infinity) - (b.rank ?? Infinity) || a.cell - b.cell);
}

function rowOf(
  { values, low, high }: HeadMeasure,
  cells: MatrixCells,
  heads: HeadShape,
  cell: number,
  rank: number | null,
): readonly HeadRow[] {
  const [head] = cells.headsIn(cell);
  if (head === undefined || !hasHead(heads, head.layer, head.head)) return [];
  const at = cells.headIndex(cell);
  const group = heads.kvHeads < heads.heads ? groupOf(heads, head) : null;
  const numbers = { value: values[at] ?? NaN, low: low[at] ?? NaN, high: high[at] ?? NaN };
  return [{ cell, head, at, name: cells.name(cell), group, rank, ...numbers }];
}

function ranksOf({ values, signed, call }: HeadMeasure, cells: MatrixCells): ReadonlyMap<number, number> {
  const size = cells.shape.layers * cells.shape.heads;
  const shown = Float32Array.from({ length: size }, (_, cell) => values[cells.headIndex(cell)] ?? NaN);
  return new Map(rankHeads({ values: shown, signed, call }).map((cell, i) => [cell, i + 1] as const));
}

/** One line a head; what the number is stands in every line, so that lines can be taken out and put together. */
export function rowsCsv(measure: HeadMeasure, rows: readonly HeadRow[]): string {
  const head = [
    'unit',
    'layer',
    'head',
    'kv_group',
    'rank',
    'value',
    'low_95',
    'high_95',
    'n',
    'measure',
    'value_unit',
  ];
  const cells = ({ name, head: { layer, head: h }, group, rank, value, low, high }: HeadRow): readonly CsvCell[] => [
    ...[name, layer, measure.of === 'head' ? h : null, group, rank, ...[value, low, high].map(rounded)],
    ...[measure.n, `${measure.title}, ${measure.dataset}`, measure.unit],
  ];
  return csvOf(head, rows.map(cells));
}

/** 9 digits bring a float32 back exactly. */
function rounded(value: number): number {
  return Number(value.toPrecision(9));
}

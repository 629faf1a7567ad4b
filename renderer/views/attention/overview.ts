/** One head's whole map at one level, filled from the first query on, and what coarser levels make of it. */
import { tileCells } from '../../marks/attentionMap/mapView.ts';
import type { Pool } from './pyramid.ts';

export interface Overview {
  /** Of its cells. */
  readonly level: number;
  /** Along each axis. */
  readonly cells: number;
  /** [cells, cells]; NaN in rows that have not come. */
  readonly values: Float32Array;
  /** Rows of cells that have come. */
  rows: number;
}

export function emptyOverview(level: number, cells: number): Overview {
  return { level, cells, values: new Float32Array(cells * cells).fill(NaN), rows: 0 };
}

export function addBand(overview: Overview, row: number, rows: number, data: Float32Array): void {
  overview.values.set(data, row * overview.cells);
  overview.rows = row + rows;
}

function isWhole({ rows, cells }: Overview): boolean {
  return rows === cells;
}

/** The rows of a tile of the overview's level have come. */
export function hasTile(overview: Overview, row: number): boolean {
  return overview.rows >= Math.min(overview.cells, (row + 1) * tileCells);
}

/** A tile of the overview's level, [rows, columns]. */
export function tileOfOverview({ cells, values }: Overview, row: number, column: number): Float32Array {
  if (cells <= tileCells) return values;
  const end = (index: number) => Math.min(cells, (index + 1) * tileCells);
  const [from, to] = [column * tileCells, end(column)];
  const tile = new Float32Array((end(row) - row * tileCells) * (to - from));
  for (let y = row * tileCells; y < end(row); y++)
    tile.set(values.subarray(y * cells + from, y * cells + to), (y - row * tileCells) * (to - from));
  return tile;
}

export interface Pairs {
  readonly tokens: number;
  readonly skipKeys: number;
}

/**
 * The same at the next level: the largest of four cells, or their mean, each counting as many pairs of query and key as it
 * holds. Unknown where one of them is.
 */
export function coarser(fine: Overview, pool: Pool, pairs: Pairs): Overview {
  const half = Math.ceil(fine.cells / 2);
  const rows = isWhole(fine) ? half : Math.floor(fine.rows / 2);
  const made = { ...emptyOverview(fine.level + 1, half), rows };
  for (let row = 0; row < rows; row++)
    for (let column = 0; column <= row; column++)
      made.values[row * half + column] =
        pool === 'max' ? largestOfFour(fine, row, column) : meanOfFour(fine, row, column, pairs);
  return made;
}

function largestOfFour({ cells, values }: Overview, row: number, column: number): number {
  let most = -Infinity;
  for (let y = 2 * row; y < Math.min(cells, 2 * row + 2); y++)
    for (let x = 2 * column; x < Math.min(cells, 2 * column + 2); x++)
      most = Math.max(most, values[y * cells + x] ?? NaN);
  return most;
}

function meanOfFour({ level, cells, values }: Overview, row: number, column: number, pairs: Pairs): number {
  let [sum, weight] = [0, 0];
  for (let y = 2 * row; y < Math.min(cells, 2 * row + 2); y++) {
    for (let x = 2 * column; x < Math.min(cells, 2 * column + 2); x++) {
      const count = pairsIn(y, x, level, pairs);
      sum += (values[y * cells + x] ?? NaN) * count;
      weight += count;
    }
  }
  return weight === 0 ? 0 : sum / weight;
}

/** Pairs of a cell whose key is neither after its query nor skipped. */
export function pairsIn(row: number, column: number, level: number, { tokens, skipKeys }: Pairs): number {
  const size = 2 ** level;
  const span = (index: number) => [index * size, Math.min(tokens, (index + 1) * size)] as const;
  const [[firstQuery, queries], [firstKey, keys]] = [span(row), span(column)];
  const first = Math.max(firstKey, skipKeys);
  let count = 0;
  for (let query = firstQuery; query < queries; query++) count += Math.max(0, Math.min(keys, query + 1) - first);
  return count;
}

/** The value of the cell that holds a pair; NaN where it has not come. */
export function valueIn({ level, cells, values }: Overview, query: number, key: number): number {
  return values[Math.floor(query / 2 ** level) * cells + Math.floor(key / 2 ** level)] ?? NaN;
}

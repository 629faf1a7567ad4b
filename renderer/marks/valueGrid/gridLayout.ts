/** Where the cells of a grid of values lie: names of rows at the left, names of columns below. */
import type { Box } from '../paint/painter.ts';
import { textWidth } from '../paint/painter.ts';
import type { Size } from '../picture.ts';

export interface GridLayout extends Size {
  readonly rows: number;
  readonly columns: number;
  readonly left: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  /** Names of columns stand aslant, where they are wider than their column. */
  readonly isAslant: boolean;
  /** Every how many rows, and columns, there is a name. */
  readonly rowStep: number;
  readonly columnStep: number;
}

export interface GridNames {
  /** First on top. */
  readonly rows: readonly string[];
  readonly columns: readonly string[];
}

const largest = { width: 64, height: 34 };
/** Below the cells, for names that stand straight and for those that stand aslant. */
const below = { straight: 18, aslant: 50 };
/** Room for the end of the last name, where it stands aslant. */
const beside = { straight: 4, aslant: 40 };

export function gridLayout({ rows, columns }: GridNames, size: Size, isSquare: boolean): GridLayout {
  const left = Math.max(...rows.map((name) => textWidth(name, 10)), 0) + 12;
  const widest = Math.max(...columns.map((name) => textWidth(name, 10, 'code')), 0) + 4;
  const straight = cellSize(rows.length, columns.length, left, size, 'straight');
  const isAslant = widest > straight.width;
  const own = isAslant ? cellSize(rows.length, columns.length, left, size, 'aslant') : straight;
  const side = Math.min(own.width, own.height);
  const [cellWidth, cellHeight] = isSquare ? [side, side] : [own.width, own.height];
  return {
    ...size,
    ...{ rows: rows.length, columns: columns.length, left, cellWidth, cellHeight, isAslant },
    rowStep: Math.max(1, Math.ceil(11 / cellHeight)),
    columnStep: Math.max(1, Math.ceil((isAslant ? 13 : widest) / cellWidth)),
  };
}

function cellSize(
  rows: number,
  columns: number,
  left: number,
  { width, height }: Size,
  stand: 'straight' | 'aslant',
): Size {
  return {
    width: Math.max(1, Math.min(largest.width, (width - left - beside[stand]) / Math.max(1, columns))),
    height: Math.max(1, Math.min(largest.height, (height - below[stand]) / Math.max(1, rows))),
  };
}

/** At whole pixels, so that edges are sharp. */
export function gridBox({ left, columns, cellWidth, cellHeight }: GridLayout, cell: number): Box {
  const [row, column] = [Math.floor(cell / columns), cell % columns];
  const [x, y] = [Math.round(left + column * cellWidth), Math.round(row * cellHeight)];
  const gap = Math.min(cellWidth, cellHeight) >= 14 ? 2 : Math.min(cellWidth, cellHeight) >= 4 ? 1 : 0;
  return {
    x,
    y,
    width: Math.max(1, Math.round(left + (column + 1) * cellWidth) - x - gap),
    height: Math.max(1, Math.round((row + 1) * cellHeight) - y - gap),
  };
}

/** The cell at a point, or null beside the grid. */
export function gridCellAt(layout: GridLayout, x: number, y: number): number | null {
  const { rows, columns, left, cellWidth, cellHeight } = layout;
  const [row, column] = [Math.floor(y / cellHeight), Math.floor((x - left) / cellWidth)];
  return row >= 0 && row < rows && column >= 0 && column < columns ? row * columns + column : null;
}

import type { ColourScale } from '../colour.ts';
import { inkOn, shareOf, tableOf } from '../colour.ts';
import { formatCell } from '../format.ts';
import type { Painter } from '../paint/painter.ts';
import type { Theme } from '../theme.ts';
import type { GridLayout, GridNames } from './gridLayout.ts';
import { gridBox } from './gridLayout.ts';

export interface GridData extends GridNames {
  readonly values: Float32Array;
  readonly scale: ColourScale;
  readonly significant?: Uint8Array | undefined;
  readonly absent?: ReadonlySet<number> | undefined;
  readonly numbers: number;
}

/** Cells with their numbers and dots, and the names of rows and columns. */
export function drawGrid(painter: Painter, layout: GridLayout, data: GridData, theme: Theme): void {
  const numbered = strongest(layout, data);
  for (let cell = 0; cell < layout.rows * layout.columns; cell++) {
    if (data.absent?.has(cell) !== true) drawCell(painter, layout, data, cell, numbered.has(cell), theme);
  }
  drawNames(painter, layout, data, theme);
}

function drawCell(
  painter: Painter,
  layout: GridLayout,
  { values, scale, significant }: GridData,
  cell: number,
  isNumbered: boolean,
  theme: Theme,
): void {
  const box = gridBox(layout, cell);
  const value = values[cell] ?? NaN;
  if (Number.isNaN(value)) return painter.hatch(box, theme.unknown);
  const colour = tableOf(scale, theme).css[Math.round(shareOf(scale, value) * 255)] ?? theme.pane;
  painter.rect(box, { fill: colour }, Math.min(box.width, box.height) >= 12 ? 2 : 0);
  if (significant?.[cell] === 1 && box.width >= 5 && box.height >= 5)
    painter.circle(box.x + box.width - 3, box.y + 3, 1.3, { fill: inkOn(colour) });
  const text = formatCell(value, scale.kind === 'signed');
  // A number that is written 0 says no more than the colour.
  if (!isNumbered || !/[1-9]/.test(text)) return;
  painter.text(text, box.x + box.width / 2, box.y + box.height / 2, {
    ...{ fill: inkOn(colour), size: 10, family: theme.fontText, anchor: 'middle' },
  });
}

/** The cells of largest size, where a number fits into one. */
function strongest(layout: GridLayout, { values, numbers }: GridData): ReadonlySet<number> {
  if (layout.cellWidth < 28 || layout.cellHeight < 14) return new Set();
  const size = (cell: number) => Math.abs(values[cell] ?? 0);
  const known = Array.from(values.keys()).filter((cell) => size(cell) > 0);
  return new Set(known.sort((a, b) => size(b) - size(a)).slice(0, numbers));
}

function drawNames(painter: Painter, layout: GridLayout, { rows, columns }: GridNames, theme: Theme): void {
  const style = { fill: theme.ink2, size: 10, family: theme.fontText };
  for (const [row, name] of rows.entries()) {
    if (row % layout.rowStep !== 0) continue;
    painter.text(name, layout.left - 7, (row + 0.5) * layout.cellHeight - 1, { ...style, anchor: 'end' });
  }
  const y = layout.rows * layout.cellHeight + 9;
  const stand = layout.isAslant ? { angle: 40 } : { anchor: 'middle' as const };
  for (const [column, name] of columns.entries()) {
    if (column % layout.columnStep !== 0) continue;
    const x = layout.left + (column + 0.5) * layout.cellWidth - (layout.isAslant ? 4 : 1);
    painter.text(name, x, y, { ...style, family: theme.fontCode, ...stand });
  }
}

import type { ColourScale, ColourTable } from '../colour.ts';
import { shareOf } from '../colour.ts';

export interface MapStyle {
  readonly scale: ColourScale;
  readonly table: ColourTable;
  readonly log: boolean;
  readonly threshold: number;
  readonly skipFirst: boolean;
}

/**
 * Step of the colour table, 0 to 255; -1 for what is not drawn (below the threshold), -2 for unknown.
 * Logarithmic: (log10(v / high) + 4) / 4, four decades below the top.
 */
export function stepOf({ scale, log, threshold }: MapStyle, value: number): number {
  if (Number.isNaN(value)) return -2;
  if (Math.abs(value) < threshold) return -1;
  if (!log || scale.kind === 'signed') return Math.round(shareOf(scale, value) * 255);
  const share = value > 0 ? (Math.log10(value / scale.high) + 4) / 4 : 0;
  return Math.round(Math.min(1, Math.max(0, share)) * 255);
}

/** Pixels of a tile: its cells' colours; above the diagonal, and where not drawn, transparent. `row` and `column`: first cell. */
export function tilePixels(
  values: Float32Array,
  {
    rows,
    columns,
    row,
    column,
  }: { readonly rows: number; readonly columns: number; readonly row: number; readonly column: number },
  style: MapStyle,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(rows * columns * 4);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns && column + j <= row + i; j++) {
      if (style.skipFirst && column + j === 0) continue;
      const step = stepOf(style, values[i * columns + j] ?? NaN);
      if (step < 0) continue;
      pixels.set(style.table.rgba.subarray(step * 4, step * 4 + 4), (i * columns + j) * 4);
    }
  }
  return pixels;
}

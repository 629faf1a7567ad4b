/** The wall without WebGL: the colour of each pixel, computed here. For machines without it, and for export. */
import type { ColourTable } from '../colour.ts';
import type { WallAtlas } from './attentionWall.tsx';
import type { WallLayout } from './wallLayout.ts';

/** Writes [width * height * 4] bytes at `ratio` device pixels a CSS pixel; what no thumbnail covers stays transparent. */
export function wallPixels(
  layout: WallLayout,
  atlas: WallAtlas,
  table: ColourTable,
  gamma: number,
  ratio: number,
): { readonly width: number; readonly height: number; readonly data: Uint8ClampedArray<ArrayBuffer> } {
  const [width, height] = [Math.round(layout.width * ratio), Math.round(layout.height * ratio)];
  const data = new Uint8ClampedArray(width * height * 4);
  const lift = gammaTable(gamma);
  const { shape, pitch, gap } = layout;
  for (let index = 0; index < shape.layers * shape.heads; index++) {
    if (atlas.ready[index] !== 1) continue;
    const left = Math.round((layout.x + Math.floor(index / shape.heads) * pitch) * ratio);
    const top = Math.round((layout.y + (index % shape.heads) * pitch) * ratio);
    const side = Math.max(1, Math.round((pitch - gap) * ratio));
    drawThumbnail(data, width, { left, top, side }, atlas, index, (value) => (lift[value] ?? 0) * 4, table.rgba);
  }
  return { width, height, data };
}

interface Square {
  readonly left: number;
  readonly top: number;
  readonly side: number;
}

/** A pixel shows the largest of the cells that it covers, so that a lone spike is never lost. */
function drawThumbnail(
  out: Uint8ClampedArray,
  stride: number,
  { left, top, side }: Square,
  { cells, data }: WallAtlas,
  index: number,
  offsetOf: (value: number) => number,
  rgba: Uint8ClampedArray,
): void {
  const from = index * cells * cells;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const value = largest(data, from, cells, [span(y, side, cells), span(x, side, cells)]);
      const offset = offsetOf(value);
      out.set(rgba.subarray(offset, offset + 4), ((top + y) * stride + left + x) * 4);
    }
  }
}

type Span = readonly [from: number, to: number];

function span(pixel: number, side: number, cells: number): Span {
  const from = Math.floor((pixel * cells) / side);
  return [from, Math.max(from + 1, Math.floor(((pixel + 1) * cells) / side))];
}

function largest(data: Uint8Array, from: number, cells: number, [rows, columns]: readonly [Span, Span]): number {
  let most = 0;
  for (let row = rows[0]; row < rows[1]; row++)
    for (let column = columns[0]; column < columns[1]; column++)
      most = Math.max(most, data[from + row * cells + column] ?? 0);
  return most;
}

/** Steps of the colour table for each byte: 255 (value / 255)^gamma. */
export function gammaTable(gamma: number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, value) => Math.round(255 * (value / 255) ** gamma));
}

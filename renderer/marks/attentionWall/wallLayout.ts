/** Where the thumbnails lie: layers along x, heads along y, as in the head matrix. */
import type { HeadShape } from '../headShape.ts';
import { hasHead, headIndex } from '../headShape.ts';
import type { Box } from '../paint/painter.ts';
import type { Size } from '../picture.ts';

export interface WallLayout extends Size {
  readonly shape: HeadShape;
  readonly x: number;
  readonly y: number;
  /** Thumbnails are squares this far apart. */
  readonly pitch: number;
  readonly gap: number;
}

export function wallLayout(shape: HeadShape, { width, height }: Size): WallLayout {
  const [x, y, labels] = [30, 3, 21];
  const fit = Math.min((width - x) / shape.layers, (height - labels) / shape.heads);
  // Whole pixels keep all thumbnails alike, as long as there are enough of them.
  const pitch = fit >= 6 ? Math.floor(fit) : fit;
  return { width, height, shape, x, y, pitch, gap: pitch >= 16 ? 2 : pitch >= 5 ? 1 : 0 };
}

export function wallBox({ shape, x, y, pitch, gap }: WallLayout, index: number): Box {
  const [layer, head] = [Math.floor(index / shape.heads), index % shape.heads];
  return { x: x + layer * pitch, y: y + head * pitch, width: pitch - gap, height: pitch - gap };
}

export function wallHeadAt({ shape, x, y, pitch }: WallLayout, px: number, py: number): number | null {
  const [layer, head] = [Math.floor((px - x) / pitch), Math.floor((py - y) / pitch)];
  return hasHead(shape, layer, head) ? headIndex(shape, layer, head) : null;
}

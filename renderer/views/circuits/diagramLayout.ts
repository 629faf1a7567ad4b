/** Where nodes stand: the last layer on top, heads from left to right, each layer's MLP after its heads. */
import { textWidth } from '../../marks/paint/painter.ts';
import type { HeadShape } from '../../marks/headShape.ts';
import { cellOf, hasHead, indexOf } from '../../marks/headShape.ts';
import type { Size } from '../../marks/picture.ts';

export interface DiagramLayout {
  readonly shape: HeadShape;
  readonly hasMlps: boolean;
  readonly columns: number;
  /** Between the middles of neighbours, in pixels. */
  readonly stepX: number;
  readonly stepY: number;
  readonly radius: number;
  readonly left: number;
  readonly top: number;
}

const below = 22;
const most = { x: 56, y: 56, radius: 12 };

export function diagramLayout(shape: HeadShape, hasMlps: boolean, { width, height }: Size): DiagramLayout {
  const columns = shape.heads + (hasMlps ? 1 : 0);
  const left = textWidth(`L${shape.layers - 1}`, 10) + 14;
  const stepX = Math.min(most.x, (width - left - 8) / columns);
  const stepY = Math.min(most.y, (height - below - 8) / shape.layers);
  const radius = Math.max(1.5, Math.min(most.radius, Math.min(stepX, stepY) / 2 - 3));
  return { shape, hasMlps, columns, stepX, stepY, radius, left, top: 8 };
}

/** The middle of a cell, as marks number them. */
export function middleOf({ shape, stepX, stepY, left, top }: DiagramLayout, cell: number): readonly [number, number] {
  const at = cellOf(shape, cell);
  const column = at.kind === 'head' ? at.head : shape.heads;
  return [left + (column + 0.5) * stepX, top + (shape.layers - 1 - at.layer + 0.5) * stepY];
}

/** The cell under a pixel; null where there is no node. */
export function cellAt(layout: DiagramLayout, x: number, y: number): number | null {
  const { shape, stepX, stepY, left, top, columns } = layout;
  const column = Math.floor((x - left) / stepX);
  const row = Math.floor((y - top) / stepY);
  if (column < 0 || column >= columns || row < 0 || row >= shape.layers) return null;
  return cellIn(layout, shape.layers - 1 - row, column);
}

function cellIn({ shape }: DiagramLayout, layer: number, column: number): number | null {
  if (column === shape.heads) return indexOf(shape, { kind: 'mlp', layer });
  return hasHead(shape, layer, column) ? indexOf(shape, { kind: 'head', layer, head: column }) : null;
}

/** Where a key leads; null where it leads nowhere. */
export function moveInDiagram(layout: DiagramLayout, from: number, key: string): number | null {
  const { shape, columns } = layout;
  const at = cellOf(shape, from);
  const column = at.kind === 'head' ? at.head : shape.heads;
  const to: Readonly<Record<string, readonly [layer: number, column: number]>> = {
    ArrowUp: [Math.min(shape.layers - 1, at.layer + 1), column],
    ArrowDown: [Math.max(0, at.layer - 1), column],
    ArrowLeft: [at.layer, Math.max(0, column - 1)],
    ArrowRight: [at.layer, Math.min(columns - 1, column + 1)],
    Home: [at.layer, 0],
    End: [at.layer, columns - 1],
    PageUp: [shape.layers - 1, column],
    PageDown: [0, column],
  };
  const next = to[key];
  return next === undefined ? null : (cellIn(layout, ...next) ?? from);
}

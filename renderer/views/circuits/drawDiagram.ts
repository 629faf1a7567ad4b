/** Nodes in the circuit are filled, the surest strongest; those of the reference have a ring. */
import type { Painter } from '../../marks/paint/painter.ts';
import type { Theme } from '../../marks/theme.ts';
import type { DiagramLayout } from './diagramLayout.ts';
import { middleOf } from './diagramLayout.ts';

/** A node as it is drawn. */
export interface DiagramNode {
  readonly cell: number;
  readonly isMlp: boolean;
  /** Place in the circuit, from 0; null where it is outside. */
  readonly place: number | null;
  readonly isReference: boolean;
}

export function drawDiagram(
  painter: Painter,
  layout: DiagramLayout,
  nodes: readonly DiagramNode[],
  theme: Theme,
): void {
  drawNames(painter, layout, theme);
  const size = nodes.filter(({ place }) => place !== null).length;
  for (const node of nodes) drawNode(painter, layout, node, size, theme);
}

function drawNode(
  painter: Painter,
  layout: DiagramLayout,
  { cell, isMlp, place, isReference }: DiagramNode,
  size: number,
  theme: Theme,
): void {
  const { radius } = layout;
  const [x, y] = middleOf(layout, cell);
  const style = place === null ? { stroke: theme.lineStrong } : { fill: rankColour(place, size, theme) };
  if (isMlp) painter.rect({ x: x - radius, y: y - radius, width: 2 * radius, height: 2 * radius }, style, 2);
  else painter.circle(x, y, radius, style);
  if (isReference) painter.circle(x, y, radius + 2.5, { stroke: theme.ink, width: 1.5 });
}

/** The first of the sequential map's end; the last still stands out from the pane. */
function rankColour(place: number, size: number, { sequential }: Theme): string {
  const share = size <= 1 ? 1 : 1 - (0.6 * place) / (size - 1);
  return sequential.css[Math.round(share * 255)] ?? '';
}

function drawNames(painter: Painter, layout: DiagramLayout, { ink2, fontText }: Theme): void {
  const { shape, stepX, stepY, left, top, columns } = layout;
  const style = { fill: ink2, size: 10, family: fontText };
  const rowStep = Math.ceil(12 / stepY);
  for (let layer = 0; layer < shape.layers; layer += rowStep) {
    const y = top + (shape.layers - 1 - layer + 0.5) * stepY;
    painter.text(`L${layer}`, left - 8, y, { ...style, anchor: 'end' });
  }
  const columnStep = Math.ceil(24 / stepX);
  for (let column = 0; column < columns; column += columnStep) {
    const name = column === shape.heads ? 'MLP' : `H${column}`;
    painter.text(name, left + (column + 0.5) * stepX, top + shape.layers * stepY + 9, { ...style, anchor: 'middle' });
  }
}

/** What is pointed at, and the primary head. */
export function drawDiagramOver(
  painter: Painter,
  layout: DiagramLayout,
  { hover, primary }: { readonly hover: number | null; readonly primary: number | null },
  { accent, ink }: Theme,
): void {
  const ring = (cell: number, stroke: string) => {
    const [x, y] = middleOf(layout, cell);
    const half = layout.radius + 5;
    painter.rect({ x: x - half, y: y - half, width: 2 * half, height: 2 * half }, { stroke, width: 1.5 }, 3);
  };
  if (primary !== null) ring(primary, accent);
  if (hover !== null) ring(hover, ink);
}

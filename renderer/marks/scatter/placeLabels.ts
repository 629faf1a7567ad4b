/** Names beside points, without overlap: for each the first of eight places that is free; none where all are taken. */
import type { Box, Point } from '../paint/painter.ts';
import { textWidth } from '../paint/painter.ts';

export interface Label {
  readonly index: number;
  readonly text: string;
  readonly x: number;
  /** Middle of the letters. */
  readonly y: number;
}

const height = 12;
/** Direction from the point: right first, as we read. */
const places: readonly Point[] = [
  [1, -0.6],
  [1, 0.6],
  [-1, -0.6],
  [-1, 0.6],
  [0, -1],
  [0, 1],
  [1, -1.6],
  [-1, 1.6],
];

/** `named` in order of importance; `points` are all points in pixels, which labels keep off as well as they can. */
export function placeLabels(
  named: readonly { readonly index: number; readonly text: string }[],
  points: readonly (Point | null)[],
  plot: Box,
): Label[] {
  const taken: Box[] = named.flatMap(({ index }) => (points[index] ? [dot(points[index])] : []));
  const labels: Label[] = [];
  for (const { index, text } of named) {
    const point = points[index];
    const box = point ? freeBox(point, textWidth(text, 10), taken, plot) : null;
    if (box === null) continue;
    taken.push(box);
    labels.push({ index, text, x: box.x, y: box.y + height / 2 });
  }
  return labels;
}

function dot([x, y]: Point): Box {
  return { x: x - 4, y: y - 4, width: 8, height: 8 };
}

function freeBox([x, y]: Point, width: number, taken: readonly Box[], plot: Box): Box | null {
  const boxes = places.map(([dx, dy]) => ({
    x: dx === 0 ? x - width / 2 : dx > 0 ? x + 7 : x - 7 - width,
    y: y + dy * 11 - height / 2,
    width,
    height,
  }));
  return boxes.find((box) => inside(box, plot) && !taken.some((other) => overlaps(box, other))) ?? null;
}

function inside(box: Box, plot: Box): boolean {
  return (
    box.x >= plot.x &&
    box.y >= plot.y &&
    box.x + box.width <= plot.x + plot.width &&
    box.y + box.height <= plot.y + plot.height
  );
}

export function overlaps(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

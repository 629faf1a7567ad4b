import { median, quadtree } from 'd3';
import type { Quadtree } from 'd3';
import type { Axis } from '../axes.tsx';
import { extentOf, makeAxis } from '../axes.tsx';
import type { Box, Point } from '../paint/painter.ts';
import type { Size } from '../picture.ts';

export interface ScatterLayout {
  readonly plot: Box;
  readonly x: Axis;
  readonly y: Axis;
  /** In pixels; null for points with an unknown coordinate. */
  readonly points: readonly (Point | null)[];
  /** Of the indices of the points. */
  readonly tree: Quadtree<number>;
}

export function scatterLayout(xs: Float32Array, ys: Float32Array, size: Size, diagonal: boolean): ScatterLayout {
  const plot = { x: 40, y: 14, width: size.width - 54, height: size.height - 46 };
  const one = diagonal ? extentOf([...xs, ...ys], 0.05) : null;
  const count = (length: number) => Math.max(2, Math.floor(length / 70));
  const x = makeAxis(one ?? extentOf(xs, 0.05), [plot.x, plot.x + plot.width], { count: count(plot.width) });
  const y = makeAxis(one ?? extentOf(ys, 0.05), [plot.y + plot.height, plot.y], { count: count(plot.height) });
  const points = Array.from(xs, (value, i): Point | null => {
    const other = ys[i] ?? NaN;
    return Number.isFinite(value) && Number.isFinite(other) ? [x.place(value), y.place(other)] : null;
  });
  const known = Array.from(points.keys()).filter((i) => points[i] !== null);
  const tree = quadtree<number>(
    known,
    (i) => points[i]?.[0] ?? 0,
    (i) => points[i]?.[1] ?? 0,
  );
  return { plot, x, y, points, tree };
}

/** The nearest point within `reach` pixels. */
export function pointAt({ tree }: ScatterLayout, x: number, y: number, reach = 12): number | null {
  return tree.find(x, y, reach) ?? null;
}

export function pointsIn({ points }: ScatterLayout, box: Box): number[] {
  return Array.from(points.keys()).filter((i) => {
    const point = points[i];
    if (!point) return false;
    const [x, y] = point;
    return x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
  });
}

/** The points farthest from the middle of the cloud, in median distances along each axis; with a diagonal, and from it. */
export function outliers({ points, x, y }: ScatterLayout, most: number, diagonal: boolean): number[] {
  const known = Array.from(points.keys()).filter((i) => points[i] !== null);
  const centre = [0, 1].map((axis) => median(known, (i) => points[i]?.[axis]) ?? 0);
  const spread = [0, 1].map(
    (axis) => median(known, (i) => Math.abs((points[i]?.[axis] ?? 0) - (centre[axis] ?? 0))) || 1,
  );
  const distance = (i: number) =>
    Math.hypot(...[0, 1].map((a) => ((points[i]?.[a] ?? 0) - (centre[a] ?? 0)) / (spread[a] ?? 1)));
  // Beyond five median distances: one in a thousand of a normal cloud.
  const far = known.filter((i) => distance(i) > 5);
  const extremes = far.sort((a, b) => distance(b) - distance(a)).slice(0, most);
  if (!diagonal) return extremes;
  // Where both axes say the same, a point off the diagonal is a disagreement: half of the names go to the largest.
  const gap = (i: number) => Math.abs(x.invert(points[i]?.[0] ?? 0) - y.invert(points[i]?.[1] ?? 0));
  const apart = [...far].sort((a, b) => gap(b) - gap(a)).slice(0, Math.ceil(most / 2));
  return [...new Set([...apart, ...extremes])].slice(0, most);
}

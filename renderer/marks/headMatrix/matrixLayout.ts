/** Where the cells of a head matrix lie. Pure arithmetic: the same numbers place cells and find the one that is pointed at. */
import type { Box, Point } from '../paint/painter.ts';
import type { HeadShape } from '../headShape.ts';
import { cellCount, cellOf, hasHead, indexOf } from '../headShape.ts';
import type { Size } from '../picture.ts';

export interface MatrixRow {
  readonly kind: 'head' | 'mlp' | 'layer';
  /** Of a row of heads. */
  readonly head: number;
  readonly y: number;
}

export interface MatrixLayout {
  readonly shape: HeadShape;
  /** Left edge of the first column; columns are `pitchX` apart and may begin between pixels. */
  readonly x: number;
  readonly pitchX: number;
  readonly pitchY: number;
  /** Between neighbouring cells. */
  readonly gap: number;
  readonly rows: readonly MatrixRow[];
  /** Height of the margin bars above, 0 where there is no room. */
  readonly barHeight: number;
  /** Length of the margin bars at the right, 0 where there is no room. */
  readonly barWidth: number;
  /** Bottom of the bars above the matrix. */
  readonly barBase: number;
  readonly right: number;
  readonly bottom: number;
  /** KV groups, or none where each head has its own keys. */
  readonly groups: readonly { readonly name: string; readonly y: number; readonly height: number }[];
  /** Every how many layers, and heads, there is a label. */
  readonly layerStep: number;
  readonly headStep: number;
}

export interface MatrixRows {
  readonly mlp: boolean;
  readonly layer: boolean;
}

const labelHeight = 18;
const largestCell = { width: 64, height: 30 };

export function matrixLayout(shape: HeadShape, { width, height }: Size, extra: MatrixRows): MatrixLayout {
  const shared = shape.kvHeads < shape.heads;
  const barHeight = height >= 170 ? 40 : height >= 110 ? 20 : 0;
  const barWidth = width >= 360 ? 40 : 0;
  const left = (shared ? 22 : 0) + 34;
  const top = barHeight > 0 ? barHeight + 10 : 4;
  const extraRows = Number(extra.mlp) + Number(extra.layer);
  const groups = shared ? shape.kvHeads : 1;
  const roomY = height - top - labelHeight;
  const space = groupSpace(roomY, shape.heads, groups);
  const breaks = groups - 1 + (extraRows > 0 ? 1 : 0);
  const pitchY = Math.min(largestCell.height, (roomY - breaks * space) / (shape.heads + extraRows));
  const pitchX = Math.min(largestCell.width, (width - left - barWidth - (barWidth > 0 ? 8 : 2)) / shape.layers);
  const rows = placeRows(shape, extra, { top, pitchY, space, groupSize: Math.ceil(shape.heads / groups) });
  const last = rows.at(-1)?.y ?? top;
  return {
    shape,
    x: left,
    pitchX,
    pitchY,
    gap: gapFor(Math.min(pitchX, pitchY)),
    rows,
    barHeight,
    barWidth,
    barBase: top - 6,
    right: left + pitchX * shape.layers,
    bottom: last + pitchY,
    groups: shared ? groupBoxes(shape, rows, pitchY) : [],
    layerStep: labelStep(pitchX, shape.layers > 100 ? 32 : 26),
    headStep: labelStep(pitchY, 11),
  };
}

/** Between KV groups: seen at any size, never more than a fifth of the room. */
function groupSpace(room: number, heads: number, groups: number): number {
  if (groups <= 1) return 6;
  return Math.max(2, Math.min(7, Math.floor((room / heads) * 0.4), (room * 0.2) / groups));
}

function gapFor(pitch: number): number {
  return pitch >= 14 ? 2 : pitch >= 4 ? 1 : 0;
}

/** The smallest of 1, 2, 4, 5, 8, 10, ... that leaves `room` pixels for each label. */
function labelStep(pitch: number, room: number): number {
  return [1, 2, 4, 5, 8, 10, 16, 20, 32, 50].find((step) => step * pitch >= room) ?? 100;
}

interface Placing {
  readonly top: number;
  readonly pitchY: number;
  readonly space: number;
  readonly groupSize: number;
}

function placeRows(shape: HeadShape, extra: MatrixRows, { top, pitchY, space, groupSize }: Placing): MatrixRow[] {
  const heads = Array.from({ length: shape.heads }, (_, head): MatrixRow => {
    return { kind: 'head', head, y: top + head * pitchY + Math.floor(head / groupSize) * space };
  });
  const start = (heads.at(-1)?.y ?? top) + pitchY + space;
  const kinds = [...(extra.mlp ? (['mlp'] as const) : []), ...(extra.layer ? (['layer'] as const) : [])];
  return [...heads, ...kinds.map((kind, i): MatrixRow => ({ kind, head: -1, y: start + i * pitchY }))];
}

function groupBoxes({ kvHeads, heads }: HeadShape, rows: readonly MatrixRow[], pitchY: number): MatrixLayout['groups'] {
  const size = Math.ceil(heads / kvHeads);
  return Array.from({ length: kvHeads }, (_, group) => {
    const first = rows[group * size]?.y ?? 0;
    const last = rows[Math.min(heads, (group + 1) * size) - 1]?.y ?? first;
    return { name: `KV ${group}`, y: first, height: last + pitchY - first };
  });
}

/** Of the row that holds a cell. */
export function rowOf({ shape }: MatrixLayout, index: number): number {
  const cell = cellOf(shape, index);
  if (cell.kind === 'head') return cell.head;
  return shape.heads + (cell.kind === 'mlp' ? 0 : 1);
}

/** The cell's box, at whole pixels, so that edges are sharp. */
export function cellBox(layout: MatrixLayout, index: number): Box {
  const { layer } = cellOf(layout.shape, index);
  return boxAt(layout, layer, layout.rows[rowIndex(layout, index)]?.y ?? 0);
}

/** Rows count on without a gap where the row of MLPs is not shown. */
function rowIndex(layout: MatrixLayout, index: number): number {
  const { kind } = cellOf(layout.shape, index);
  return kind === 'head' ? rowOf(layout, index) : layout.rows.findIndex((row) => row.kind === kind);
}

export function boxAt({ x, pitchX, pitchY, gap }: MatrixLayout, layer: number, rowY: number): Box {
  const left = Math.round(x + layer * pitchX);
  const top = Math.round(rowY);
  return {
    x: left,
    y: top,
    width: Math.max(1, Math.round(x + (layer + 1) * pitchX) - left - gap),
    height: Math.max(1, Math.round(rowY + pitchY) - top - gap),
  };
}

/** Has the cell a place: does the head exist, is the row of MLPs or layers shown? */
export function isShown({ shape, rows }: MatrixLayout, index: number): boolean {
  if (index < 0 || index >= cellCount(shape)) return false;
  const cell = cellOf(shape, index);
  return cell.kind === 'head' ? hasHead(shape, cell.layer, cell.head) : rows.some(({ kind }) => kind === cell.kind);
}

/** The cell at a point, or null beside the matrix. A gap belongs to the cell before it. */
export function cellAt(layout: MatrixLayout, x: number, y: number): number | null {
  const { shape, rows, pitchX, pitchY } = layout;
  const layer = Math.floor((x - layout.x) / pitchX);
  const row = rows.find((candidate) => y >= candidate.y && y < candidate.y + pitchY);
  if (row === undefined || layer < 0 || layer >= shape.layers) return null;
  if (row.kind !== 'head') return indexOf(shape, { kind: row.kind, layer });
  return hasHead(shape, layer, row.head) ? indexOf(shape, { kind: 'head', layer, head: row.head }) : null;
}

/** The cells on the straight way between two points, each as often as it is entered: a fast pointer skips none. */
export function cellsOnWay(layout: MatrixLayout, from: Point, to: Point): number[] {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  const steps = Math.max(1, Math.ceil((2 * length) / Math.min(layout.pitchX, layout.pitchY)));
  const cells = Array.from({ length: steps }, (_, i) => {
    const share = (i + 1) / steps;
    return cellAt(layout, from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share);
  });
  return cells.filter((cell, i) => cell !== cells[i - 1]).filter((cell) => cell !== null);
}

/** Where a key leads from a cell; null where the key moves nothing. PgUp and PgDn go five layers. */
export function moveInMatrix(layout: MatrixLayout, from: number, key: string): number | null {
  const { layer } = cellOf(layout.shape, from);
  const row = rowIndex(layout, from);
  const last = layout.shape.layers - 1;
  const to = moves[key]?.(layer, row, last);
  return to === undefined ? null : existing(layout, Math.min(last, Math.max(0, to[0])), to[1], to[1] < row);
}

const moves: Readonly<Record<string, (layer: number, row: number, last: number) => readonly [number, number]>> = {
  ArrowLeft: (layer, row) => [layer - 1, row],
  ArrowRight: (layer, row) => [layer + 1, row],
  ArrowUp: (layer, row) => [layer, row - 1],
  ArrowDown: (layer, row) => [layer, row + 1],
  Home: (_, row) => [0, row],
  End: (_, row, last) => [last, row],
  PageUp: (layer, row) => [layer - 5, row],
  PageDown: (layer, row) => [layer + 5, row],
};

/** The nearest cell of this layer that exists, from a row on in the direction of travel. */
function existing({ shape, rows }: MatrixLayout, layer: number, wanted: number, up: boolean): number | null {
  const start = Math.min(rows.length - 1, Math.max(0, wanted));
  const order = up ? range(start, -1) : [...range(start, rows.length), ...range(start, -1)];
  const row = order.map((i) => rows[i]).find((r) => r && (r.kind !== 'head' || hasHead(shape, layer, r.head)));
  if (row === undefined) return null;
  return indexOf(shape, row.kind === 'head' ? { kind: 'head', layer, head: row.head } : { kind: row.kind, layer });
}

function range(from: number, to: number): number[] {
  const step = to < from ? -1 : 1;
  return Array.from({ length: Math.abs(to - from) }, (_, i) => from + i * step);
}

/** All cells of the rectangle between two. */
export function cellsBetween(layout: MatrixLayout, from: number, to: number): number[] {
  const [a, b] = [from, to].map((index) => ({
    layer: cellOf(layout.shape, index).layer,
    row: rowIndex(layout, index),
  }));
  if (a === undefined || b === undefined) return [];
  const layers = range(Math.min(a.layer, b.layer), Math.max(a.layer, b.layer) + 1);
  const rows = layout.rows.slice(Math.min(a.row, b.row), Math.max(a.row, b.row) + 1);
  return layers.flatMap((layer) =>
    rows.flatMap((row) => {
      if (row.kind !== 'head') return [indexOf(layout.shape, { kind: row.kind, layer })];
      return hasHead(layout.shape, layer, row.head) ? [indexOf(layout.shape, { ...row, kind: 'head', layer })] : [];
    }),
  );
}

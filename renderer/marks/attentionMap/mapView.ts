/** What part of a map is in view. All arithmetic of zooming and panning; no page. */
import type { Box } from '../paint/painter.ts';

/** The token at the plot's upper left corner, and how many pixels a token takes. */
export interface MapView {
  readonly key: number;
  readonly query: number;
  readonly scale: number;
}

/** Tokens this wide are the closest view. */
const closest = 32;

export function fitView(tokens: number, plot: Box): MapView {
  return { key: 0, query: 0, scale: fitScale(tokens, plot) };
}

function fitScale(tokens: number, { width, height }: Box): number {
  return Math.min(closest, Math.min(width, height) / Math.max(1, tokens));
}

/** Keeps the view on the map. */
export function clampView({ key, query, scale }: MapView, tokens: number, plot: Box): MapView {
  const held = Math.min(closest, Math.max(fitScale(tokens, plot), scale));
  const most = (length: number) => Math.max(0, tokens - length / held);
  return {
    scale: held,
    key: Math.min(most(plot.width), Math.max(0, key)),
    query: Math.min(most(plot.height), Math.max(0, query)),
  };
}

/** Closer by `factor` around a pixel, which stays on the same token. */
export function zoomView(
  view: MapView,
  factor: number,
  at: readonly [x: number, y: number],
  tokens: number,
  plot: Box,
): MapView {
  const scale = Math.min(closest, Math.max(fitScale(tokens, plot), view.scale * factor));
  const key = view.key + (at[0] - plot.x) * (1 / view.scale - 1 / scale);
  const query = view.query + (at[1] - plot.y) * (1 / view.scale - 1 / scale);
  return clampView({ key, query, scale }, tokens, plot);
}

export function panView(view: MapView, dx: number, dy: number, tokens: number, plot: Box): MapView {
  const moved = { ...view, key: view.key - dx / view.scale, query: view.query - dy / view.scale };
  return clampView(moved, tokens, plot);
}

/** The pyramid's level whose cells are at least a pixel wide: cells of 2^level tokens. */
export function levelFor(scale: number, ratio: number): number {
  return Math.max(0, Math.ceil(-Math.log2(scale * ratio) - 1e-9));
}

/** The least range of tokens that shows the token `index`, moved as little as possible. */
export function revealRow(view: MapView, index: number, tokens: number, plot: Box): MapView {
  const rows = plot.height / view.scale;
  const query = index < view.query ? index : index + 1 > view.query + rows ? index + 1 - rows : view.query;
  return clampView({ ...view, query }, tokens, plot);
}

/** `query * tokens + key` under a pixel; null outside and above the diagonal. */
export function mapCellAt(view: MapView, x: number, y: number, tokens: number, plot: Box): number | null {
  const key = Math.floor(view.key + (x - plot.x) / view.scale);
  const query = Math.floor(view.query + (y - plot.y) / view.scale);
  if (x < plot.x || y < plot.y || x >= plot.x + plot.width || y >= plot.y + plot.height) return null;
  return key < 0 || query < 0 || query >= tokens || key > query ? null : query * tokens + key;
}

export interface TilePlace {
  readonly level: number;
  readonly row: number;
  readonly column: number;
}

export const tileCells = 256;

/** The tiles of a level that are in view and hold part of the lower triangle. */
export function visibleTiles(view: MapView, level: number, tokens: number, plot: Box): TilePlace[] {
  const size = tileCells * 2 ** level;
  const end = (from: number, length: number) => Math.min(tokens, from + length / view.scale);
  const range = (from: number, to: number) =>
    Array.from(
      { length: Math.max(0, Math.ceil(to / size) - Math.floor(from / size)) },
      (_, i) => Math.floor(from / size) + i,
    );
  const columns = range(view.key, end(view.key, plot.width));
  return range(view.query, end(view.query, plot.height)).flatMap((row) =>
    columns.filter((column) => column <= row).map((column) => ({ level, row, column })),
  );
}

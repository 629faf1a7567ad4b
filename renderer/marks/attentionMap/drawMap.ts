import type { Box, Painter } from '../paint/painter.ts';
import type { Size } from '../picture.ts';
import type { Theme } from '../theme.ts';
import { tokenLabel } from '../tokens/displayToken.ts';
import type { Token } from '../tokens/token.ts';
import type { MapView, TilePlace } from './mapView.ts';
import { levelFor, tileCells, visibleTiles } from './mapView.ts';
import type { TileCache } from './tileCache.ts';

export interface MapScene {
  readonly tokens: readonly Token[];
  readonly cache: TileCache;
  readonly view: MapView;
  readonly plot: Box;
  readonly theme: Theme;
  /** Device pixels a CSS pixel. */
  readonly ratio: number;
  readonly row: number | null;
}

/** Labels appear where a token is at least this high. */
const labelled = 11;

/** Room for labels at the left and below. Short prompts show all of them from the start. */
export function mapPlot({ width, height }: Size): Box {
  return { x: 82, y: 2, width: Math.max(40, width - 84), height: Math.max(40, height - 60) };
}

export function drawMap(painter: Painter, scene: MapScene): void {
  const { view, plot, tokens, ratio } = scene;
  const level = levelFor(view.scale, ratio);
  const shown = shownBox(scene);
  painter.clip(shown, () => {
    drawTiles(painter, scene, visibleTiles(view, level, tokens.length, plot));
    if (view.scale >= 7) drawCellGrid(painter, scene);
  });
  drawDiagonal(painter, scene);
  if (view.scale >= labelled) drawLabels(painter, scene);
  else drawPositions(painter, scene);
  if (view.scale * tokens.length > Math.min(plot.width, plot.height) * 1.02) drawMinimap(painter, scene);
}

/** The part of the plot that the map covers. */
function shownBox({ view, plot, tokens }: MapScene): Box {
  const extent = (from: number, length: number) => Math.min(length, (tokens.length - from) * view.scale);
  return { x: plot.x, y: plot.y, width: extent(view.key, plot.width), height: extent(view.query, plot.height) };
}

/** A part of a held tile, and where it is drawn. */
interface Piece {
  readonly tile: HTMLCanvasElement;
  readonly from: Box;
  readonly to: Box;
  readonly isWhole: boolean;
}

/** Hatching where not all is known, on the side that can be attended to; what is known on top of it. */
function drawTiles(painter: Painter, scene: MapScene, places: readonly TilePlace[]): void {
  const { plot, theme } = scene;
  const parts = places.map((place) => ({ box: boxOf(scene, place), piece: pieceOf(scene, place) }));
  const unknown = parts.filter(({ piece }) => piece?.isWhole !== true);
  for (const { box } of unknown) painter.hatch(visiblePart(box, plot), theme.unknown);
  if (unknown.length > 0) clearAbove(painter, scene);
  for (const { piece } of parts) if (piece !== null) painter.image(piece.tile, piece.from, piece.to);
}

function boxOf({ view, plot, tokens }: MapScene, place: TilePlace): Box {
  const size = tileCells * 2 ** place.level;
  const span = (index: number) => Math.min(tokens.length, (index + 1) * size) - index * size;
  return {
    x: plot.x + (place.column * size - view.key) * view.scale,
    y: plot.y + (place.row * size - view.query) * view.scale,
    width: span(place.column) * view.scale,
    height: span(place.row) * view.scale,
  };
}

/** Keys after their query: nothing is unknown there. */
function clearAbove(painter: Painter, { view, plot, tokens, theme }: MapScene): void {
  const at = (query: number, key: number) =>
    [plot.x + (key - view.key) * view.scale, plot.y + (query - view.query) * view.scale] as const;
  const end = tokens.length;
  painter.line([at(0, 1), at(0, end), at(end - 1, end)], { fill: theme.pane }, true);
}

/** The tile, or what a coarser level knows of it; null where nothing is known. */
function pieceOf(scene: MapScene, place: TilePlace): Piece | null {
  const { cache } = scene;
  const to = boxOf(scene, place);
  const tile = cache.tile(place);
  if (tile === null) return coarserPiece(scene, place, to);
  const from = { x: 0, y: 0, width: tile.width, height: tile.height };
  return { tile, from, to, isWhole: cache.isWhole(place) };
}

function coarserPiece({ cache, tokens }: MapScene, place: TilePlace, to: Box): Piece | null {
  const top = Math.ceil(Math.log2(Math.max(1, tokens.length / tileCells)));
  for (let up = 1; place.level + up <= top; up++) {
    const share = 2 ** up;
    const coarser = {
      level: place.level + up,
      row: Math.floor(place.row / share),
      column: Math.floor(place.column / share),
    };
    const tile = cache.tile(coarser, false);
    if (tile === null) continue;
    const part = tileCells / share;
    const from = { x: (place.column % share) * part, y: (place.row % share) * part };
    const size = { width: Math.min(part, tile.width - from.x), height: Math.min(part, tile.height - from.y) };
    return { tile, from: { ...from, ...size }, to, isWhole: cache.isWhole(coarser) };
  }
  return null;
}

function visiblePart(box: Box, plot: Box): Box {
  const [x, y] = [Math.max(box.x, plot.x), Math.max(box.y, plot.y)];
  const right = Math.min(box.x + box.width, plot.x + plot.width);
  const bottom = Math.min(box.y + box.height, plot.y + plot.height);
  return { x, y, width: Math.max(0, right - x), height: Math.max(0, bottom - y) };
}

/** Lines of the pane between cells that are large enough, as if each were a square of its own. */
function drawCellGrid(painter: Painter, scene: MapScene): void {
  const { view, theme } = scene;
  const { x, y, width, height } = shownBox(scene);
  const line = { stroke: theme.pane };
  for (let key = Math.ceil(view.key); (key - view.key) * view.scale <= width; key++) {
    const at = Math.round(x + (key - view.key) * view.scale) - 0.5;
    painter.line(
      [
        [at, y],
        [at, y + height],
      ],
      line,
    );
  }
  for (let query = Math.ceil(view.query); (query - view.query) * view.scale <= height; query++) {
    const at = Math.round(y + (query - view.query) * view.scale) - 0.5;
    painter.line(
      [
        [x, at],
        [x + width, at],
      ],
      line,
    );
  }
}

/** The edge of what a causal model can attend to. */
function drawDiagonal(painter: Painter, scene: MapScene): void {
  const { view, plot, theme, tokens } = scene;
  if (view.scale >= 7) return;
  const at = (token: number): readonly [number, number] => [
    plot.x + (token - view.key) * view.scale,
    plot.y + (token - view.query) * view.scale,
  ];
  painter.clip(shownBox(scene), () => painter.line([at(0), at(tokens.length)], { stroke: theme.lineStrong }));
}

function drawLabels(painter: Painter, scene: MapScene): void {
  const { view, plot, tokens, theme, row } = scene;
  const shown = shownBox(scene);
  const style = { size: 10, family: theme.fontCode };
  const inView = (from: number, length: number) =>
    Array.from({ length: Math.ceil(length / view.scale) + 1 }, (_, i) => Math.floor(from) + i).filter(
      (i) => i < tokens.length && (i + 0.6 - from) * view.scale <= length && i + 0.4 >= from,
    );
  const name = (i: number) => shortened(tokenLabel(tokens[i] ?? { text: '' }));
  for (const query of inView(view.query, plot.height)) {
    const fill = query === row ? theme.accent : theme.ink2;
    painter.text(name(query), plot.x - 6, plot.y + (query + 0.5 - view.query) * view.scale, {
      ...style,
      fill,
      anchor: 'end',
    });
  }
  for (const key of inView(view.key, plot.width)) {
    const x = plot.x + (key + 0.5 - view.key) * view.scale - 3;
    painter.text(name(key), x, shown.y + shown.height + 8, { ...style, fill: theme.ink2, angle: 45 });
  }
}

/** Where tokens are too small for their text: positions, every so many. */
function drawPositions(painter: Painter, scene: MapScene): void {
  const { view, plot, tokens, theme } = scene;
  const shown = shownBox(scene);
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000].find((s) => s * view.scale >= 44) ?? 10000;
  const style = { fill: theme.ink3, size: 10, family: theme.fontText };
  for (
    let i = Math.ceil(view.query / step) * step;
    i < tokens.length && (i - view.query) * view.scale <= shown.height;
    i += step
  )
    painter.text(String(i), plot.x - 6, Math.max(7, plot.y + (i - view.query) * view.scale), {
      ...style,
      anchor: 'end',
    });
  for (
    let i = Math.ceil(view.key / step) * step;
    i < tokens.length && (i - view.key) * view.scale <= shown.width;
    i += step
  )
    painter.text(String(i), plot.x + (i - view.key) * view.scale, shown.y + shown.height + 9, {
      ...style,
      anchor: 'middle',
    });
  const low = shown.y + shown.height + 24;
  painter.text('query \u2193', plot.x - 6, low, { ...style, anchor: 'end' });
  painter.text('key', plot.x + shown.width, low, { ...style, anchor: 'end' });
}

function shortened(text: string): string {
  return text.length > 12 ? `${text.slice(0, 11)}\u2026` : text;
}

export const minimapSize = 88;

/** In the corner above the diagonal: the whole map, and what is in view of it. */
export function minimapBox(plot: Box): Box {
  return { x: plot.x + plot.width - minimapSize - 6, y: plot.y + 6, width: minimapSize, height: minimapSize };
}

function drawMinimap(painter: Painter, { cache, view, plot, tokens, theme }: MapScene): void {
  const box = minimapBox(plot);
  const level = Math.max(0, Math.ceil(Math.log2(tokens.length / tileCells)));
  const tile = cache.tile({ level, row: 0, column: 0 });
  painter.rect(box, { fill: theme.pane, stroke: theme.lineStrong });
  if (tile === null) painter.hatch(box, theme.unknown);
  else painter.image(tile, { x: 0, y: 0, width: tile.width, height: tile.height }, box);
  const part = (from: number, length: number) =>
    [(from / tokens.length) * minimapSize, Math.min(1, length / view.scale / tokens.length) * minimapSize] as const;
  const [x, width] = part(view.key, plot.width);
  const [y, height] = part(view.query, plot.height);
  painter.rect(
    { x: box.x + x, y: box.y + y, width: Math.max(4, width), height: Math.max(4, height) },
    { stroke: theme.accent, width: 1.5 },
  );
}

/** The boxed row and the cell that is pointed at, with the lines to its labels. */
export function drawMapOverlay(painter: Painter, scene: MapScene, hover: number | null): void {
  const { view, plot, tokens, theme, row } = scene;
  const shown = shownBox(scene);
  painter.clip({ x: shown.x - 1, y: shown.y - 1, width: shown.width + 2, height: shown.height + 2 }, () => {
    if (row !== null && view.scale < 4) {
      const y = plot.y + (row + 0.5 - view.query) * view.scale;
      painter.line(
        [
          [shown.x, y],
          [shown.x + shown.width, y],
        ],
        { stroke: theme.accent },
      );
    } else if (row !== null) {
      const y = plot.y + (row - view.query) * view.scale;
      painter.rect(
        { x: shown.x + 0.5, y, width: shown.width - 1, height: Math.max(2, view.scale - 1) },
        { stroke: theme.accent, width: 1.5 },
      );
    }
    if (hover === null) return;
    const [query, key] = [Math.floor(hover / tokens.length), hover % tokens.length];
    const [x, y] = [plot.x + (key - view.key) * view.scale, plot.y + (query - view.query) * view.scale];
    const side = Math.max(3, view.scale - 1);
    painter.line(
      [
        [shown.x, y + side / 2],
        [x, y + side / 2],
      ],
      { stroke: theme.ink3, alpha: 0.5 },
    );
    painter.line(
      [
        [x + side / 2, y + side],
        [x + side / 2, shown.y + shown.height],
      ],
      { stroke: theme.ink3, alpha: 0.5 },
    );
    painter.rect({ x, y, width: side, height: side }, { stroke: theme.ink, width: 1.5 });
  });
}

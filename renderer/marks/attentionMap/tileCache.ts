import { context2d } from '../exportPicture.ts';
import type { MapSource, MapWindow } from './attentionMap.tsx';
import type { MapStyle } from './mapColours.ts';
import { tilePixels } from './mapColours.ts';
import type { TilePlace } from './mapView.ts';
import { tileCells } from './mapView.ts';

/** Coloured tiles of one map. A tile of 256 x 256 cells takes 256 KiB. */
export interface TileCache {
  /** The tile as pixels, one a cell, or null while its values are fetched; not fetched where it is not wanted. */
  readonly tile: (place: TilePlace, isWanted?: boolean) => HTMLCanvasElement | null;
  /** False while a part of it is unknown, and transparent. */
  readonly isWhole: (place: TilePlace) => boolean;
}

const mostTiles = 256;

/** For one source, one length and one style; a change of these begins a new cache. */
export function createTileCache(source: MapSource, tokens: number, style: MapStyle): TileCache {
  const held = new Map<string, HTMLCanvasElement>();
  const isWhole = (place: TilePlace) => source.isWhole?.(windowOf(place, tokens)) ?? true;
  return {
    isWhole,
    tile: (place, isWanted = true) => {
      const key = `${place.level} ${place.row} ${place.column}`;
      const known = held.get(key);
      if (known !== undefined) return known;
      const values = source.read(windowOf(place, tokens), isWanted);
      if (values === null) return null;
      const made = makeTile(values, tokens, style, place);
      if (!isWhole(place)) return made;
      if (held.size >= mostTiles) held.delete(held.keys().next().value ?? '');
      held.set(key, made);
      return made;
    },
  };
}

function windowOf({ level, row, column }: TilePlace, tokens: number): MapWindow {
  const size = tileCells * 2 ** level;
  const range = (index: number) => [index * size, Math.min(tokens, (index + 1) * size)] as const;
  return { level, queries: range(row), keys: range(column) };
}

function makeTile(values: Float32Array, tokens: number, style: MapStyle, place: TilePlace): HTMLCanvasElement {
  const { level, row, column } = place;
  const { queries, keys } = windowOf(place, tokens);
  const cells = ([from, to]: readonly [number, number]) => Math.ceil((to - from) / 2 ** level);
  const canvas = document.createElement('canvas');
  canvas.width = cells(keys);
  canvas.height = cells(queries);
  const size = { rows: canvas.height, columns: canvas.width, row: row * tileCells, column: column * tileCells };
  // The first cell of a coarser level holds more than the first key.
  const own = { ...style, skipFirst: style.skipFirst && level === 0 };
  const image = new ImageData(tilePixels(values, size, own), canvas.width, canvas.height);
  context2d(canvas).putImageData(image, 0, 0);
  return canvas;
}

import { context2d } from '../exportPicture.ts';
import type { MapSource } from './attentionMap.tsx';
import type { MapStyle } from './mapColours.ts';
import { tilePixels } from './mapColours.ts';
import type { TilePlace } from './mapView.ts';
import { tileCells } from './mapView.ts';

/** Coloured tiles of one map. A tile of 256 x 256 cells takes 256 KiB. */
export interface TileCache {
  /** The tile as pixels, one a cell, or null while its values are fetched. */
  readonly tile: (place: TilePlace) => HTMLCanvasElement | null;
}

const mostTiles = 256;

/** For one source, one length and one style; a change of these begins a new cache. */
export function createTileCache(source: MapSource, tokens: number, style: MapStyle): TileCache {
  const held = new Map<string, HTMLCanvasElement>();
  return {
    tile: (place) => {
      const key = `${place.level} ${place.row} ${place.column}`;
      const known = held.get(key);
      if (known !== undefined) return known;
      const made = makeTile(source, tokens, style, place);
      if (made === null) return null;
      if (held.size >= mostTiles) held.delete(held.keys().next().value ?? '');
      held.set(key, made);
      return made;
    },
  };
}

function makeTile(
  source: MapSource,
  tokens: number,
  style: MapStyle,
  { level, row, column }: TilePlace,
): HTMLCanvasElement | null {
  const size = tileCells * 2 ** level;
  const range = (index: number) => [index * size, Math.min(tokens, (index + 1) * size)] as const;
  const [queries, keys] = [range(row), range(column)];
  const values = source.read({ level, queries, keys });
  if (values === null) return null;
  const cells = ([from, to]: readonly [number, number]) => Math.ceil((to - from) / 2 ** level);
  const canvas = document.createElement('canvas');
  canvas.width = cells(keys);
  canvas.height = cells(queries);
  const place = { rows: canvas.height, columns: canvas.width, row: row * tileCells, column: column * tileCells };
  const image = new ImageData(tilePixels(values, place, style), canvas.width, canvas.height);
  context2d(canvas).putImageData(image, 0, 0);
  return canvas;
}

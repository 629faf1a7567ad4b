/**
 * One head's map as a pyramid: level l has cells of 2^l x 2^l tokens. Level 0 is exact; at the top all of the map is one tile.
 * Tiles begin at multiples of their size, as the map draws them.
 */
import type { MapWindow } from '../../marks/attentionMap/attentionMap.tsx';
import { tileCells } from '../../marks/attentionMap/mapView.ts';

/** How the values of a cell become one: a lone spike is seen in the largest, a difference of means is the mean of differences. */
export type Pool = 'max' | 'mean';

export interface TileKey {
  readonly layer: number;
  readonly head: number;
  readonly pool: Pool;
  readonly level: number;
  readonly row: number;
  readonly column: number;
}

export function topLevel(tokens: number): number {
  return Math.max(0, Math.ceil(Math.log2(tokens / tileCells)));
}

/** The level of overviews: at most 512 x 512 cells, what a pane of usual size shows of a whole map. */
export function overviewLevel(tokens: number): number {
  return Math.max(0, topLevel(tokens) - 1);
}

/**
 * Cells to ask an overview for, so that each has 2^level tokens: the engine's step is ceil(tokens / cells). Null where no
 * number of cells gives that step, which only prompts of more than 65,536 tokens can lack.
 */
export function overviewCells(tokens: number): number | null {
  const step = 2 ** overviewLevel(tokens);
  const cells = Math.max(8, Math.ceil(tokens / step));
  return Math.ceil(tokens / cells) === step ? cells : null;
}

/** From (included) to (excluded), in tokens. */
export function tileRange(index: number, level: number, tokens: number): readonly [from: number, to: number] {
  const size = tileCells * 2 ** level;
  return [index * size, Math.min(tokens, (index + 1) * size)];
}

/** The tile that a window is; null where it is a part of one. */
export function tileOf({ level, queries, keys }: MapWindow, tokens: number) {
  const size = tileCells * 2 ** level;
  const [row, column] = [queries[0] / size, keys[0] / size];
  const isTile = [queries, keys].every(([from, to]) => from % size === 0 && to === Math.min(tokens, from + size));
  return isTile ? { level, row, column } : null;
}

/** Where a cell lies in the tile that holds it. */
export function placeInTile(query: number, key: number, level: number, tokens: number) {
  const size = tileCells * 2 ** level;
  const [row, column] = [Math.floor(query / size), Math.floor(key / size)];
  const [from, to] = tileRange(column, level, tokens);
  const width = Math.ceil((to - from) / 2 ** level);
  const [y, x] = [query - row * size, key - column * size].map((offset) => Math.floor(offset / 2 ** level));
  return { row, column, index: (y ?? 0) * width + (x ?? 0) };
}

/** The largest size among values, those that are not known left out. */
export function largestSize(values: Float32Array): number {
  let most = 0;
  for (const value of values) if (Math.abs(value) > most) most = Math.abs(value);
  return most;
}

/** Thumbnails in the order of a measure, row by row, in a grid of the pane's proportions. */
import type { WallAtlas } from '../../marks/attentionWall/attentionWall.tsx';
import type { HeadShape } from '../../marks/headShape.ts';
import { hasHead } from '../../marks/headShape.ts';
import type { Size } from '../../marks/picture.ts';

export interface WallOrder {
  /** The grid as the wall lays it out: `layers` are its columns, `heads` its rows. */
  readonly shape: HeadShape;
  /** Head `layer * heads + head` at a place of the grid, and the other way round; -1 for none. */
  readonly headAt: Int32Array;
  readonly placeOf: Int32Array;
}

/** Ranked heads first, then those without a rank. */
export function wallOrder(shape: HeadShape, ranked: readonly number[], { width, height }: Size): WallOrder {
  const all = Array.from({ length: shape.layers * shape.heads }, (_, index) => index).filter((index) =>
    hasHead(shape, Math.floor(index / shape.heads), index % shape.heads),
  );
  const known = new Set(ranked);
  const order = [...ranked, ...all.filter((index) => !known.has(index))];
  const columns = Math.max(1, Math.min(order.length, Math.round(Math.sqrt((order.length * width) / height))));
  const rows = Math.ceil(order.length / columns);
  const headAt = new Int32Array(columns * rows).fill(-1);
  const placeOf = new Int32Array(shape.layers * shape.heads).fill(-1);
  for (const [rank, index] of order.entries()) {
    const place = (rank % columns) * rows + Math.floor(rank / columns);
    headAt[place] = index;
    placeOf[index] = place;
  }
  const inLast = order.length - (rows - 1) * columns;
  const headsOf = Array.from({ length: columns }, (_, column) => (column < inLast ? rows : rows - 1));
  return { shape: { layers: columns, heads: rows, kvHeads: rows, headsOf }, headAt, placeOf };
}

/** The same thumbnails at their places in the order. */
export function ordered(atlas: WallAtlas, { headAt }: WallOrder): WallAtlas {
  const size = atlas.cells ** 2;
  const data = new Uint8Array(headAt.length * size);
  const ready = new Uint8Array(headAt.length);
  for (const [place, index] of headAt.entries()) {
    if (index < 0 || atlas.ready[index] !== 1) continue;
    ready[place] = 1;
    data.set(atlas.data.subarray(index * size, (index + 1) * size), place * size);
  }
  return { ...atlas, data, ready };
}

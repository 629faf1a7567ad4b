/**
 * Which heads a model has, and how the cells of a head matrix are numbered:
 *
 *     layer * heads + head      a query head
 *     layers * heads + layer    the MLP of a layer
 *     layers * (heads + 1) + layer    a whole layer
 */
import { formatNode } from '../../engine/terms/nodes.ts';

export interface HeadShape {
  readonly layers: number;
  /** Query heads of the layer that has most. */
  readonly heads: number;
  /** Groups that share keys and values; as many as `heads` where nothing is shared. */
  readonly kvHeads: number;
  /** Heads of each layer where they differ (a pruned model). */
  readonly headsOf?: readonly number[];
}

export type Cell =
  | { readonly kind: 'head'; readonly layer: number; readonly head: number }
  | { readonly kind: 'mlp'; readonly layer: number }
  | { readonly kind: 'layer'; readonly layer: number };

export function headIndex({ heads }: HeadShape, layer: number, head: number): number {
  return layer * heads + head;
}

/** All numbers, of heads, MLPs and whole layers. */
export function cellCount({ layers, heads }: HeadShape): number {
  return layers * (heads + 2);
}

export function cellOf({ layers, heads }: HeadShape, index: number): Cell {
  const all = layers * heads;
  if (index < all) return { kind: 'head', layer: Math.floor(index / heads), head: index % heads };
  return index < all + layers ? { kind: 'mlp', layer: index - all } : { kind: 'layer', layer: index - all - layers };
}

export function indexOf(shape: HeadShape, cell: Cell): number {
  if (cell.kind === 'head') return headIndex(shape, cell.layer, cell.head);
  return shape.layers * (shape.heads + (cell.kind === 'mlp' ? 0 : 1)) + cell.layer;
}

export function hasHead(shape: HeadShape, layer: number, head: number): boolean {
  return layer >= 0 && layer < shape.layers && head >= 0 && head < (shape.headsOf?.[layer] ?? shape.heads);
}

/** `L9H6`, `L9MLP`, `L9`. */
export function cellName(shape: HeadShape, index: number): string {
  const cell = cellOf(shape, index);
  if (cell.kind === 'layer') return `L${cell.layer}`;
  return formatNode(cell);
}

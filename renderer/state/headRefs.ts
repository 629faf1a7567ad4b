/** Query heads as data: equality, ranges, sets in a fixed order (layer by layer). */
import type { HeadRef } from '../../engine/results/units.ts';
import type { HeadShape } from '../marks/headShape.ts';
import { hasHead } from '../marks/headShape.ts';

export function sameHead(a: HeadRef | null, b: HeadRef | null): boolean {
  return a === b || (a !== null && b !== null && a.layer === b.layer && a.head === b.head);
}

export function includesHead(heads: readonly HeadRef[], head: HeadRef): boolean {
  return heads.some((other) => sameHead(other, head));
}

/** In order, each once. */
export function uniteHeads(...lists: readonly (readonly HeadRef[])[]): readonly HeadRef[] {
  const sorted = lists.flat().sort((a, b) => a.layer - b.layer || a.head - b.head);
  return sorted.filter((head, i) => i === 0 || !sameHead(head, sorted[i - 1] ?? null));
}

export function withoutHeads(heads: readonly HeadRef[], removed: readonly HeadRef[]): readonly HeadRef[] {
  return heads.filter((head) => !includesHead(removed, head));
}

export function headsOfLayer(shape: HeadShape, layer: number): readonly HeadRef[] {
  const heads = Array.from({ length: shape.heads }, (_, head) => ({ layer, head }));
  return heads.filter(({ head }) => hasHead(shape, layer, head));
}

export function allHeads(shape: HeadShape): readonly HeadRef[] {
  return Array.from({ length: shape.layers }, (_, layer) => headsOfLayer(shape, layer)).flat();
}

/** All heads of the rectangle between two. */
export function headsBetween(shape: HeadShape, a: HeadRef, b: HeadRef): readonly HeadRef[] {
  const within = (x: number, from: number, to: number) => x >= Math.min(from, to) && x <= Math.max(from, to);
  return allHeads(shape).filter(({ layer, head }) => within(layer, a.layer, b.layer) && within(head, a.head, b.head));
}

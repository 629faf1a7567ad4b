import type { HeadShape } from '../../marks/headShape.ts';

/** The heads of a model whose layers are alike, as its results state them. */
export function headsShapeOf({
  shape: { layers, heads, kvHeads },
}: {
  readonly shape: Pick<HeadShape, 'layers' | 'heads' | 'kvHeads'>;
}): HeadShape {
  return { layers, heads, kvHeads };
}

import type { ModelShape } from '../../arch/architecture.ts';
import type { HeadsByLayer } from './headsByLayer.ts';
import { keptHeads } from './headsByLayer.ts';

/** Query heads that stay in each KV group of a layer; groups of which none stays are left out. */
export function groupSizes(
  shape: Pick<ModelShape, 'layers' | 'heads' | 'kvHeads'>,
  removed: HeadsByLayer,
  layer: number,
): number[] {
  const perGroup = shape.heads / shape.kvHeads;
  const sizes = new Map<number, number>();
  for (const head of keptHeads(shape, removed, layer)) {
    const group = Math.floor(head / perGroup);
    sizes.set(group, (sizes.get(group) ?? 0) + 1);
  }
  return [...sizes.values()];
}

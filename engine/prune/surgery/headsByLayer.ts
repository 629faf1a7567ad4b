/** Heads that are to go, by layer. */
import type { ModelShape } from '../../arch/architecture.ts';
import { Fault } from '../../terms/fault.ts';

/** Layer -> query heads, rising; only layers that lose some. */
export type HeadsByLayer = ReadonlyMap<number, readonly number[]>;

/** Query heads, and KV groups with all their query heads. */
export interface UnitsToRemove {
  readonly heads: readonly { readonly layer: number; readonly head: number }[];
  readonly kvGroups: readonly { readonly layer: number; readonly kvGroup: number }[];
}

type Sizes = Pick<ModelShape, 'layers' | 'heads' | 'kvHeads'>;

/** Throws Fault for nothing to remove, and for a layer, head or group that the model lacks. */
export function headsByLayer(shape: Sizes, { heads, kvGroups }: UnitsToRemove): HeadsByLayer {
  const removed = new Map<number, Set<number>>();
  const perGroup = shape.heads / shape.kvHeads;
  const add = (layer: number, head: number) => removed.set(layer, (removed.get(layer) ?? new Set()).add(head));
  for (const { layer, head } of heads) {
    requireBelow('layer', layer, shape.layers);
    requireBelow('head', head, shape.heads);
    add(layer, head);
  }
  for (const { layer, kvGroup } of kvGroups) {
    requireBelow('layer', layer, shape.layers);
    requireBelow('KV group', kvGroup, shape.kvHeads);
    for (let i = 0; i < perGroup; i++) add(layer, kvGroup * perGroup + i);
  }
  if (removed.size === 0) throw new Fault({ what: 'nothing to remove', expected: 'at least one head or KV group' });
  const layers = [...removed].sort(([a], [b]) => a - b);
  return new Map(layers.map(([layer, set]) => [layer, [...set].sort((a, b) => a - b)] as const));
}

/** Throws Fault, naming the first, where a layer would keep fewer than `least` heads. */
export function requireKept(shape: Sizes, removed: HeadsByLayer, least: number): void {
  const short = [...removed].find(([, heads]) => shape.heads - heads.length < least);
  if (short === undefined) return;
  const [layer, heads] = short;
  throw new Fault({
    what: shape.heads === heads.length ? 'the plan empties a layer' : 'the plan leaves a layer too few heads',
    where: `layer ${layer}`,
    expected: `at least ${least} of its ${shape.heads} heads kept`,
    got: `${shape.heads - heads.length}`,
  });
}

/** Heads of a layer that stay, rising. */
export function keptHeads({ heads }: Sizes, removed: HeadsByLayer, layer: number): number[] {
  const gone = new Set(removed.get(layer));
  return Array.from({ length: heads }, (_, head) => head).filter((head) => !gone.has(head));
}

/** KV groups of a layer of which no query head stays. */
export function emptyGroups(shape: Sizes, removed: HeadsByLayer, layer: number): number[] {
  const perGroup = shape.heads / shape.kvHeads;
  const kept = new Set(keptHeads(shape, removed, layer).map((head) => Math.floor(head / perGroup)));
  return Array.from({ length: shape.kvHeads }, (_, group) => group).filter((group) => !kept.has(group));
}

function requireBelow(what: string, index: number, bound: number): void {
  if (index < bound) return;
  throw new Fault({ what: `${what} out of range`, expected: `0 to ${bound - 1}`, got: String(index) });
}

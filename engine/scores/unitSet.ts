/** Sets of units as sweeps replace them, and random sets of the same make-up. */
import type { Family } from '../arch/architecture.ts';
import type { Replacement, SweepUnit } from '../run/sweep.ts';
import type { Random } from '../tensor/random.ts';
import { Fault } from '../terms/fault.ts';
import type { AblationKind } from './ablation.ts';
import { headsInGroup, headsOf, wholeOf } from './ablation.ts';

export interface HeadPlace {
  readonly layer: number;
  readonly head: number;
}

/** Units that are replaced together. */
export interface Units {
  readonly heads: readonly HeadPlace[];
  readonly kvGroups: readonly { readonly layer: number; readonly kvGroup: number }[];
  readonly layers: readonly number[];
  readonly mlps: readonly number[];
}

/** Throws Fault for an empty set, for what the model lacks, and for a unit that the kind of ablation can't replace. */
export function replacementsOf(family: Family, units: Units, kind: AblationKind): SweepUnit {
  const { heads, kvHeads } = family.shape;
  const parts: Replacement[] = [
    ...units.heads.map(({ layer, head }) => headsOf(layer, [head], kind)),
    ...units.kvGroups.map(({ layer, kvGroup }) => headsOf(layer, headsInGroup(heads / kvHeads, kvGroup), kind)),
    ...units.layers.map((layer) => wholeOf(family, layer, 'layer', kind)),
    ...units.mlps.map((layer) => wholeOf(family, layer, 'mlp', kind)),
  ];
  checkPlaces(family, units);
  if (parts.length === 0) throw new Fault({ what: 'an empty set', expected: 'at least one unit' });
  return parts;
}

function checkPlaces(family: Family, { heads, kvGroups, layers, mlps }: Units): void {
  const { shape } = family;
  for (const layer of [...heads, ...kvGroups].map((place) => place.layer).concat(layers, mlps)) {
    requireBelow('layer', layer, shape.layers);
  }
  for (const { head } of heads) requireBelow('head', head, shape.heads);
  for (const { kvGroup } of kvGroups) requireBelow('KV group', kvGroup, shape.kvHeads);
}

function requireBelow(what: string, index: number, bound: number): void {
  if (index < bound) return;
  throw new Fault({ what: `${what} out of range`, expected: `0 to ${bound - 1}`, got: String(index) });
}

/**
 * As many heads, KV groups, layers and MLPs as the set has, each drawn without repetition from those that are not in it,
 * or from all where too few are left.
 */
export function randomLike(family: Family, units: Units, random: Random): Units {
  const { layers, heads, kvHeads } = family.shape;
  const everyLayer = Array.from({ length: layers }, (_, layer) => layer);
  const perLayer = <T>(count: number, make: (layer: number, index: number) => T) =>
    everyLayer.flatMap((layer) => Array.from({ length: count }, (_, index) => make(layer, index)));
  return {
    heads: drawn(
      units.heads,
      perLayer(heads, (layer, head) => ({ layer, head })),
      random,
    ),
    kvGroups: drawn(
      units.kvGroups,
      perLayer(kvHeads, (layer, kvGroup) => ({ layer, kvGroup })),
      random,
    ),
    layers: drawn(units.layers, everyLayer, random),
    mlps: drawn(units.mlps, everyLayer, random),
  };
}

function drawn<T>(chosen: readonly T[], all: readonly T[], random: Random): T[] {
  const key = (item: T) => JSON.stringify(item);
  const taken = new Set(chosen.map(key));
  const rest = all.filter((item) => !taken.has(key(item)));
  return random.shuffled(rest.length >= taken.size ? rest : all).slice(0, taken.size);
}

/** Families of a model's layers when heads are gone: each layer as small as its groups allow. */
import type { Family } from '../../arch/architecture.ts';
import { familyOf } from '../../arch/index.ts';
import type { ModelDescription } from '../../run/index.ts';
import { headKeys } from '../surgery/headKeys.ts';
import type { HeadsByLayer } from '../surgery/headsByLayer.ts';
import { groupSizes } from '../surgery/groupSizes.ts';

/** A layer, and whether its heads are left out of its weights or stay there as zeros. */
export interface LayerFamily {
  readonly family: Family;
  readonly isSmaller: boolean;
}

/**
 * A layer is smaller where all groups that it keeps have as many query heads and the family's head width does not follow from
 * their number; otherwise removed heads stay as zeros.
 */
export function layerFamilies({ architecture, family, files }: ModelDescription, removed: HeadsByLayer): LayerFamily[] {
  const keys = headKeys[architecture.id];
  const made = new Map<string, Family>();
  return Array.from({ length: family.shape.layers }, (_, layer) => {
    const sizes = groupSizes(family.shape, removed, layer);
    const [first = 0] = sizes;
    const even = first > 0 && sizes.every((size) => size === first);
    if (keys === undefined || !removed.has(layer) || !even) return { family, isSmaller: false };
    const key = `${sizes.length} ${first}`;
    const config = {
      ...files.config,
      [keys.heads]: sizes.length * first,
      [keys.kvHeads]: sizes.length,
      [keys.headWidth]: family.shape.headWidth,
    };
    const smaller = made.get(key) ?? familyOf(config).family;
    made.set(key, smaller);
    return { family: smaller, isSmaller: true };
  });
}

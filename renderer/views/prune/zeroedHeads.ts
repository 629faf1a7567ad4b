import type { RequestOf } from '../../../engine/results/contract.ts';
import type { HeadRef } from '../../../engine/results/units.ts';

type Edits = NonNullable<RequestOf<'generate'>['edits']>;

/** z := 0 of these heads at every position: exactly what removal does. */
export function zeroedHeads(heads: readonly HeadRef[]): Edits {
  const layers = [...new Set(heads.map(({ layer }) => layer))];
  return layers.map((layer) => ({
    ...{ site: 'z', layers: [layer], operation: { kind: 'zero' } },
    heads: heads.filter((one) => one.layer === layer).map(({ head }) => head),
  }));
}

/** RazorAttention's choice at any size, which its rule gives at one. */
import type { StreamingGroup } from './streamingHeads.ts';

/** KV heads that the rule keeps, of each layer. */
type Kept = readonly (readonly number[])[];

/** [L][G], larger is kept longer: what the rule keeps before all others, and within each part by induction. */
export function razorRanking(
  groups: readonly Pick<StreamingGroup, 'layer' | 'kvGroup' | 'induction'>[],
  keep: Kept,
): number[][] {
  return keep.map((kept, layer) =>
    groups
      .filter((group) => group.layer === layer)
      .sort((a, b) => a.kvGroup - b.kvGroup)
      .map(({ kvGroup, induction }) => induction.mean + (kept.includes(kvGroup) ? 1 : 0)),
  );
}

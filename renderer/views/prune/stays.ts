/** Units that never go: the chosen set, heads that retrieve, heads that induce. A unit stays for any of its heads. */
import type { HeadRef } from '../../../engine/results/units.ts';
import type { HeadShape } from '../../marks/headShape.ts';
import { includesHead } from '../../state/headRefs.ts';
import { perLayerOf } from '../../api/unitNumber.ts';
import { headsOf, unitAt } from './pruneUnits.ts';

/** Wu et al. 2024 take heads of this score and more for retrieval heads. */
export const retrieves = 0.1;
/** Above it, heads count as induction heads. */
export const induces = 0.4;

export interface StaysRequest {
  readonly shape: Pick<HeadShape, 'layers' | 'heads' | 'kvHeads'>;
  readonly unit: 'head' | 'kv-group';
  readonly set: readonly HeadRef[];
  /** [layers * heads]; null where they don't protect. */
  readonly retrieval: Float32Array | null;
  readonly induction: Float32Array | null;
}

/** Number of each unit that stays, with the reason in words. */
export function staysOf({ shape, unit, set, retrieval, induction }: StaysRequest): ReadonlyMap<number, string> {
  const scoreOf = (scores: Float32Array | null, { layer, head }: HeadRef) =>
    scores?.[layer * shape.heads + head] ?? -Infinity;
  const reasonOf = (heads: readonly HeadRef[]): string | null => {
    if (heads.some((head) => includesHead(set, head))) return 'in the set';
    if (heads.some((head) => scoreOf(retrieval, head) >= retrieves)) return `retrieval score of ${retrieves} or more`;
    return heads.some((head) => scoreOf(induction, head) > induces) ? `induction score above ${induces}` : null;
  };
  const stays = new Map<number, string>();
  for (let at = 0; at < shape.layers * perLayerOf(shape, unit); at++) {
    const reason = reasonOf(headsOf(shape, unit, unitAt(shape, unit, at)));
    if (reason !== null) stays.set(at, reason);
  }
  return stays;
}

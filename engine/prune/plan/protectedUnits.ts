/** Units that a plan leaves alone: pinned by hand, or found to retrieve or to induce. */
import type { ModelShape } from '../../arch/architecture.ts';
import type { PlanUnit, UnitKind } from './planUnit.ts';
import { allUnits, headsOfUnit, unitKey } from './planUnit.ts';

export interface HeadBehaviour {
  readonly layer: number;
  readonly head: number;
  readonly value: number;
}

export interface Protection {
  readonly pinned: readonly PlanUnit[];
  /** Retrieval scores; heads of 0.1 and more are protected (Wu et al. 2024). */
  readonly retrieval: readonly HeadBehaviour[];
  /** Induction scores; heads above 0.4 are protected. */
  readonly induction: readonly HeadBehaviour[];
}

const retrieves = 0.1;
const induces = 0.4;

/** Key of each protected unit, with the reason in words. A group is protected by any of its heads. */
export function protectedUnits(
  shape: ModelShape,
  kind: UnitKind,
  { pinned, retrieval, induction }: Protection,
): ReadonlyMap<string, string> {
  const isPinned = new Set(pinned.map(unitKey));
  const why = (unit: PlanUnit): string | null => {
    if (isPinned.has(unitKey(unit))) return 'pinned';
    const heads = new Set(headsOfUnit(shape, kind, unit));
    const best = (scores: readonly HeadBehaviour[]) =>
      Math.max(
        -Infinity,
        ...scores.flatMap(({ layer, head, value }) => (layer === unit.layer && heads.has(head) ? [value] : [])),
      );
    const [copies, repeats] = [best(retrieval), best(induction)];
    if (copies >= retrieves) return `retrieval score ${copies.toFixed(2)}, at least ${retrieves}`;
    return repeats > induces ? `induction score ${repeats.toFixed(2)}, above ${induces}` : null;
  };
  return new Map(
    allUnits(shape, kind).flatMap((unit) => {
      const reason = why(unit);
      return reason === null ? [] : [[unitKey(unit), reason] as const];
    }),
  );
}

/** What is asked of the engine for a painted set. */
import type { RequestOf } from '../../../engine/results/contract.ts';
import type { UnitSet } from '../../../engine/results/units.ts';
import type { WorkspaceState } from '../../state/workspace.ts';
import { measuredOn } from '../../state/workspace.ts';
import { sizeOf } from './painted.ts';

/** Tokens of the next-token table. */
const TOP = 8;

/** Null where nothing is painted, or there is nothing to measure on. */
export function effectRequest(state: WorkspaceState, set: UnitSet, quick: number | null): RequestOf<'effect'> | null {
  const on = measuredOn(state);
  if (on === null || sizeOf(set) === 0) return null;
  const { ablation, scale, randomSets, promptIndex } = state;
  const prompts = quickPrompts(on.prompts, quick);
  const n = prompts.kind === 'task' ? prompts.n : Infinity;
  return {
    ...on,
    ...{ prompts, set, ablation, randomSets, top: TOP },
    // The shown prompt may lie beyond those that are measured on while painting.
    shown: Math.min(promptIndex, n - 1),
    ...(ablation === 'scale' ? { scale } : {}),
    ...(ablation === 'mean' ? { align: 'end' as const } : {}),
  };
}

/** A task draws its prompts one after the other: fewer of them are the first of more. */
function quickPrompts(prompts: RequestOf<'effect'>['prompts'], quick: number | null) {
  if (prompts.kind !== 'task' || quick === null || prompts.n <= quick) return prompts;
  return { ...prompts, n: quick };
}

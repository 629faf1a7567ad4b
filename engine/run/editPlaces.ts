/** Which indices of a site an edit speaks of. */
import type { Axis } from '../terms/axes.ts';
import { isAxis } from '../terms/axes.ts';
import type { Edit, EditScope } from '../terms/edits.ts';
import type { Site } from '../terms/sites.ts';
import { sites } from '../terms/sites.ts';
import type { Family } from '../arch/architecture.ts';
import type { Batch } from './batch.ts';

export function siteAxes(site: Site): Axis[] {
  return sites[site].axes.split(' ').filter(isAxis);
}

export function axisWidth(axis: Axis, family: Family): number {
  const { shape } = family;
  const widths: Partial<Record<Axis, number>> = {
    N: shape.heads,
    G: shape.kvHeads,
    H: shape.headWidth,
    D: shape.width,
    M: shape.mlpWidth ?? 0,
    V: shape.outputVocabulary,
  };
  return widths[axis] ?? 1;
}

/** Positions count from the row's first token, negative ones from its end. */
export function selects(positions: readonly number[], slot: number, row: number, batch: Batch): boolean {
  const position = slot - (batch.offsets[row] ?? 0);
  return positions.includes(position) || positions.includes(position - (batch.lengths[row] ?? 0));
}

/** Is the position in this slot of axis P among those that the edit changes? */
export function actsAt({ positions, scope = 'all' }: Edit, slot: number, row: number, batch: Batch): boolean {
  return isInScope(scope, slot, row, batch) && (positions === undefined || selects(positions, slot, row, batch));
}

/** Its scope leaves positions out. */
export function isScoped({ scope }: Edit): boolean {
  return scope !== undefined && scope !== 'all';
}

function isInScope(scope: EditScope, slot: number, row: number, batch: Batch): boolean {
  if (scope === 'all') return true;
  const decodes = slot - (batch.offsets[row] ?? 0) >= (batch.prompts[row] ?? 0) - 1;
  return decodes === (scope === 'decode');
}

/** What the chosen settings ask for. */
import type { RequestOf } from '../../../engine/results/contract.ts';
import { criteriaOf } from './criteriaList.ts';
import type { PruneModel } from './pruneModel.ts';
import type { PruneSettings } from './pruneSettings.ts';
import { textsOf } from './pruneSettings.ts';

/** Null where no criterion is chosen that the unit has. */
export function importanceRequest(
  settings: PruneSettings,
  { choice, shape }: PruneModel,
): RequestOf<'importance'> | null {
  const { unit, orders, windows, seed } = settings;
  const criteria = criteriaOf(unit)
    .map(({ id }) => id)
    .filter((id) => settings.criteria.includes(id));
  if (criteria.length === 0) return null;
  // Of the text, as few windows for the many losses of Shapley values as still are a text.
  const shapley = { orders, tolerance: 0.01, windows: Math.min(2, windows) };
  return {
    ...{ ...choice, unit, criteria, texts: textsOf(settings, shape.context), seed },
    ...(criteria.includes('shapley') ? { shapley } : {}),
  };
}

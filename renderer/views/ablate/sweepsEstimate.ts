/** How long a job would take, by how long the last one of its kind took. */
import type { RunSummary } from '../../../engine/results/runs.ts';

/** Rows of a run that are no unit: what it is, and the unedited model. */
const OTHER_ROWS = 2;

/**
 * Seconds for `units` on `n` prompts, at the time per unit and prompt of the first run that is done; null where there is
 * none to go by. `runs` newest first, on the same model.
 */
export function estimateSeconds(units: number | null, n: number | null, runs: readonly RunSummary[]): number | null {
  const like = runs.find(({ state, rows, prompts, resumed }) => {
    return state === 'done' && resumed === 0 && rows > OTHER_ROWS && (prompts?.n ?? 0) > 0;
  });
  if (units === null || n === null || like === undefined) return null;
  const each = like.seconds / ((like.rows - OTHER_ROWS) * (like.prompts?.n ?? 1));
  return each * units * n;
}

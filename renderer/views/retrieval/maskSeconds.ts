/** How long a masking takes, told by the runs of its detection. */
import type { RetrieveTable } from '../../api/retrieveTable.ts';
import type { MaskingSettings } from './retrievalSettings.ts';

/** Null where the detection has no run in this mode, or where steps are asked that none took. */
export function maskSeconds(
  { header, runs }: RetrieveTable,
  { mode, steps }: MaskingSettings,
  arms: number,
): number | null {
  const alike = runs.filter((run) => run.mode === mode);
  if (alike.length === 0 || steps) return null;
  const each = alike.reduce((sum, { seconds }) => sum + seconds, 0) / alike.length;
  return each * header.runs.length * arms;
}

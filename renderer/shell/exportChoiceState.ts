/** What a form has to be told: which numbers, and how many units go. */
import type { RequestOf } from '../../engine/results/contract.ts';
import type { ExportedNumbers, ExportForm } from '../../engine/results/exportForms.ts';

export interface FormChoice {
  /** Id of the numbers; null: the run as it is. */
  readonly metric: string | null;
  /** Units that go, where the numbers rank them. */
  readonly remove: number;
}

/** A tenth of them go until the user says otherwise. */
const SHARE = 0.1;

export function firstChoice(form: ExportForm, numbers: readonly ExportedNumbers[]): FormChoice {
  const metric = form.whole ? null : (form.metrics[0] ?? form.ranks[0] ?? null);
  return { metric, remove: removeOf(numbers, metric) };
}

export function removeOf(numbers: readonly ExportedNumbers[], metric: string | null): number {
  const units = numbers.find(({ id }) => id === metric)?.units ?? 0;
  return Math.max(1, Math.round(SHARE * units));
}

/** Does the choice need to know how many go? */
export function isRanking({ ranks }: ExportForm, { metric }: FormChoice): boolean {
  return metric !== null && ranks.includes(metric);
}

export function requestOf(run: string, form: ExportForm, choice: FormChoice): RequestOf<'export'> {
  const { metric, remove } = choice;
  return {
    run,
    format: form.format,
    ...(metric === null ? {} : { metric }),
    ...(isRanking(form, choice) ? { remove } : {}),
  };
}

/** Is a trained encoder worth its training? */
import { summarise } from '../../tasks/statistics.ts';

export interface SeededAucs {
  readonly method: string;
  readonly reference: string;
  /** One a run. */
  readonly aucs: readonly number[];
}

/** The id of the control whose encoder was never trained. */
export const untrainedId = 'untrained';

/**
 * What to say where the untrained control's interval of the mean AUC (bootstrap over its runs) reaches into the method's or lies above
 * it; null where it lies below. One run has no interval: it is said where the control is not worse.
 */
export function untrainedDoesAsWell(trained: SeededAucs, untrained: SeededAucs): string | null {
  const [ours, theirs] = [summarise(trained.aucs, 0), summarise(untrained.aucs, 0)];
  if (theirs.interval[1] < ours.interval[0]) return null;
  const shown = ({ mean, interval, n }: typeof ours) =>
    n === 1 ? `${mean.toFixed(3)} (one run)` : `${mean.toFixed(3)} [${interval.map((x) => x.toFixed(3)).join(', ')}]`;
  return `${trained.method} against ${trained.reference}: an untrained encoder does as well (AUC ${shown(ours)}, untrained ${shown(theirs)}), so what it learned is not what ranks these nodes`;
}

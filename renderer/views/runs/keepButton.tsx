/** In a row of the table: the run that the chosen one is compared with. */
import type { MouseEvent, ReactElement } from 'react';
import type { RunSummary } from '../../../engine/results/runs.ts';

interface KeepButtonProps {
  readonly run: RunSummary;
  readonly isKept: boolean;
  readonly onKeep: (run: RunSummary) => void;
}

/** By key it is Space on the row. */
export function KeepButton({ run, isKept, onKeep }: KeepButtonProps): ReactElement {
  const keep = (event: MouseEvent) => {
    event.stopPropagation();
    onKeep(run);
  };
  const label = isKept ? `No longer compare with ${run.title}` : `Compare with ${run.title} (Space)`;
  return (
    <button
      type="button"
      className="runs-keep"
      tabIndex={-1}
      aria-pressed={isKept}
      aria-label={label}
      title={label}
      onClick={keep}
    />
  );
}

import type { ReactElement } from 'react';

export interface ProgressBarProps {
  readonly done: number;
  /** Null while the amount is not known. */
  readonly total: number | null;
  readonly state?: 'running' | 'paused' | 'failed';
  readonly label: string;
}

/** A hairline of progress. Where the amount is unknown it says so instead of guessing. */
export function ProgressBar({ done, total, state = 'running', label }: ProgressBarProps): ReactElement {
  const share = total === null || total === 0 ? 0 : Math.min(1, done / total);
  const amount = total === null ? {} : { 'aria-valuemin': 0, 'aria-valuemax': total, 'aria-valuenow': done };
  return (
    <div
      role="progressbar"
      aria-label={label}
      {...amount}
      className="progress"
      data-state={state}
      data-open={total === null}
    >
      <div className="progress-done" style={{ transform: `scaleX(${share})` }} />
    </div>
  );
}

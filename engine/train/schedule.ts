/** Learning rates over steps: pure functions. */

export interface Schedule {
  /** `cosine`: from the peak down to `floor` times it; `linear`: the same along a straight line; `constant`: at the peak. */
  readonly kind: 'cosine' | 'linear' | 'constant';
  readonly peak: number;
  /** Steps over which the rate rises from 0 to the peak. */
  readonly warmup: number;
  /** What is left of the peak at the last step, as a share; not used by `constant`. */
  readonly floor: number;
}

/**
 * Learning rate of step t (0-based) of `steps`:
 * warm-up  peak (t + 1) / warmup                                                    for t < warmup
 * cosine   peak (floor + (1 - floor) (1 + cos(pi u)) / 2)     u = (t - warmup) / (steps - 1 - warmup)
 * linear   peak (floor + (1 - floor) (1 - u))                 (cosine: Loshchilov and Hutter 2017, eq. 5)
 */
export function learningRate(schedule: Schedule, step: number, steps: number): number {
  const { kind, peak, warmup, floor } = schedule;
  if (step < warmup) return (peak * (step + 1)) / warmup;
  const progress = Math.min(1, (step - warmup) / Math.max(1, steps - 1 - warmup));
  switch (kind) {
    case 'constant':
      return peak;
    case 'linear':
      return peak * (floor + (1 - floor) * (1 - progress));
    case 'cosine':
      return peak * (floor + ((1 - floor) * (1 + Math.cos(Math.PI * progress))) / 2);
  }
}

/** Learning rates over steps: pure functions. */

export interface Schedule {
  /** `cosine`: from the peak down to `floor` times it; `linear`: the same along a straight line; `constant`: at the peak. */
  readonly kind: 'cosine' | 'linear' | 'constant';
  readonly peak: number;
  /** Steps over which the rate rises from 0 to the peak. */
  readonly warmup: number;
  /** What is left of the peak at the last step, as a share; not used by `constant`. */
  readonly floor: number;
  /** Share of all steps before which the rate stays at the peak (default: 0, it falls as soon as it has risen). */
  readonly hold?: number;
}

/**
 * Learning rate of step t (0-based) of `steps`:
 * warm-up  peak (t + 1) / warmup                                                    for t < warmup
 * cosine   peak (floor + (1 - floor) (1 + cos(pi u)) / 2)     u = (t - s) / (steps - 1 - s)
 * linear   peak (floor + (1 - floor) (1 - u))                 (cosine: Loshchilov and Hutter 2017, eq. 5)
 * with s = max(warmup, hold steps), and the peak from the warm-up to s.
 */
export function learningRate(schedule: Schedule, step: number, steps: number): number {
  const { kind, peak, warmup, floor } = schedule;
  if (step < warmup) return (peak * (step + 1)) / warmup;
  const start = Math.max(warmup, Math.round((schedule.hold ?? 0) * steps));
  const progress = Math.min(1, Math.max(0, step - start) / Math.max(1, steps - 1 - start));
  switch (kind) {
    case 'constant':
      return peak;
    case 'linear':
      return peak * (floor + (1 - floor) * (1 - progress));
    case 'cosine':
      return peak * (floor + ((1 - floor) * (1 + Math.cos(Math.PI * progress))) / 2);
  }
}

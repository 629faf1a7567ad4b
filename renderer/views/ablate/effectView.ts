/** What came of one painted set so far. */
import type { EventOf } from '../../../engine/results/contract.ts';

type Event = EventOf<'effect'>;

export interface EffectView {
  readonly next: Extract<Event, { kind: 'next' }> | null;
  readonly metric: Extract<Event, { kind: 'metric' }> | null;
  /** Mean metric after each random set, in the order in which they came. */
  readonly random: readonly number[];
}

export const noEffect: EffectView = { next: null, metric: null, random: [] };

export function foldEffect(view: EffectView, event: Event): EffectView {
  switch (event.kind) {
    case 'next':
      return { ...view, next: event };
    case 'metric':
      return { ...view, metric: event };
    case 'random':
      return { ...view, random: [...view.random, event.after] };
  }
}

/** `24 random sets of 3 heads: median 6.97, none as low.` */
export function randomWords(view: EffectView, of: string, asked: number, format: (value: number) => string): string {
  const { random, metric } = view;
  if (metric === null || asked === 0) return '';
  if (random.length === 0) return `Random sets of ${of} are measured next.`;
  const sorted = random.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  const isLow = metric.after.mean <= metric.before.mean;
  const asFar = random.filter((value) => (isLow ? value <= metric.after.mean : value >= metric.after.mean)).length;
  const far = asFar === 0 ? 'none' : `${asFar}`;
  const sets = random.length < asked ? `${random.length} of ${asked} random sets` : `${asked} random sets`;
  return `${sets} of ${of}: median ${format(middle)}, ${far} as ${isLow ? 'low' : 'high'}.`;
}

/** What came of one painted set so far. */
import type { EventOf } from '../../../engine/results/contract.ts';

type Event = EventOf<'effect'>;
export type RandomSet = Extract<Event, { kind: 'random' }>;

export interface EffectView {
  readonly next: Extract<Event, { kind: 'next' }> | null;
  readonly metric: Extract<Event, { kind: 'metric' }> | null;
  /** In the order in which they came. */
  readonly random: readonly RandomSet[];
}

export const noEffect: EffectView = { next: null, metric: null, random: [] };

export function foldEffect(view: EffectView, event: Event): EffectView {
  switch (event.kind) {
    case 'next':
      return { ...view, next: event };
    case 'metric':
      return { ...view, metric: event };
    case 'random':
      return { ...view, random: [...view.random, event] };
  }
}

/** `24 random sets of 3 heads: median 6.97, none as low.` */
export function randomWords(view: EffectView, of: string, asked: number, format: (value: number) => string): string {
  const { metric } = view;
  if (metric === null || asked === 0) return '';
  const random = view.random.map(({ after }) => after).sort((a, b) => a - b);
  if (random.length === 0) return `Random sets of ${of} are measured next.`;
  const isLow = metric.after.mean <= metric.before.mean;
  const asFar = random.filter((value) => (isLow ? value <= metric.after.mean : value >= metric.after.mean)).length;
  const far = asFar === 0 ? 'none' : `${asFar}`;
  const sets = random.length < asked ? `${random.length} of ${asked} random sets` : `${asked} random sets`;
  return `${sets} of ${of}: median ${format(medianOf(random))}, ${far} as ${isLow ? 'low' : 'high'}.`;
}

/** Of sorted values: the middle one, or the mean of both in the middle. */
function medianOf(sorted: readonly number[]): number {
  const half = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(half) - 1] ?? NaN, sorted[Math.floor(half)] ?? NaN];
  return (low + high) / 2;
}

/** What is measured of one circuit, as far as it came. */
import type { EventOf } from '../../../engine/results/contract.ts';
import type { Summary } from '../../../engine/results/records.ts';
import { decimalsFor, formatFixed } from '../../marks/format.ts';

type Point = Extract<EventOf<'circuitEffect'>, { readonly kind: 'circuit' }>;
type RandomPoint = Extract<EventOf<'circuitEffect'>, { readonly kind: 'random' }>;

export interface LiveCircuit {
  readonly point: Point | null;
  readonly random: readonly RandomPoint[];
}

export const nothingMeasured: LiveCircuit = { point: null, random: [] };

export function foldCircuit(value: LiveCircuit, event: EventOf<'circuitEffect'>): LiveCircuit {
  return event.kind === 'circuit' ? { ...value, point: event } : { ...value, random: [...value.random, event] };
}

/** `0.92 [0.88, 0.96]` */
export function summaryWords({ mean, interval: [low, high] }: Summary): string {
  const decimals = Math.min(3, Math.max(2, decimalsFor(mean)));
  return `${formatFixed(mean, decimals)} [${formatFixed(low, decimals)}, ${formatFixed(high, decimals)}]`;
}

/** `random 0.10 to 0.31 (5 circuits)`; of those that have come. */
export function randomWords(random: readonly RandomPoint[], pick: (point: RandomPoint) => number | null): string {
  const known = random.map(pick).filter((value) => value !== null);
  if (known.length === 0) return 'random circuits follow';
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const decimals = Math.min(3, Math.max(2, decimalsFor(most)));
  return `random ${formatFixed(least, decimals)} to ${formatFixed(most, decimals)} (${known.length} circuits)`;
}

/** What a benchmark is, and the little statistics that all of them share. */
import type { TorchPeer } from './torchPeer.ts';

export interface Benchmark {
  /** The name on the command line. */
  readonly id: string;
  readonly about: string;
  /** Gives what is printed as JSON: medians in milliseconds unless a name says otherwise. */
  run(context: BenchContext): Promise<Readonly<Record<string, unknown>>>;
}

export interface BenchContext {
  /** Path of the model under test. */
  readonly model: string;
  readonly repeats: number;
  /** PyTorch with the same weights in float32, or null where HEADSCOPE_PYTHON names no Python that has it. */
  readonly torch: TorchPeer | null;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle - 0.5)] ?? NaN) + (sorted[Math.ceil(middle - 0.5)] ?? NaN)) / 2;
}

export function rounded(value: number, digits = 1): number {
  return Number(value.toFixed(digits));
}

/** Milliseconds of one call. */
export async function timed(call: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await call();
  return performance.now() - start;
}

/**
 * Medians of calls that take turns, so that whatever else the machine does meanwhile falls on all of them alike.
 * Each gives its own milliseconds. At its turn each is called twice and the second counts: the first brings its weights
 * back into the caches. The first turn is not counted.
 */
export async function interleaved<Name extends string>(
  calls: Readonly<Record<Name, () => Promise<number>>>,
  repeats: number,
): Promise<Record<Name, number>> {
  const names = Object.keys(calls) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let turn = 0; turn <= repeats; turn++) {
    for (const name of names) {
      await calls[name]();
      const ms = await calls[name]();
      if (turn > 0) times.get(name)?.push(ms);
    }
  }
  return Object.fromEntries(names.map((name) => [name, rounded(median(times.get(name) ?? []))])) as Record<
    Name,
    number
  >;
}

/** AUC of methods that count prompts by how many they count, over seeds. */
import type { CircuitSampled } from '../../../engine/results/circuitBench.ts';
import { seedMean } from './judgements.ts';

export interface SampledLine {
  readonly method: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

export function sampledLines(rows: readonly CircuitSampled[], reference: string): readonly SampledLine[] {
  const against = rows.filter((row) => row.reference === reference);
  return [...new Set(against.map(({ method }) => method))].map((method) => {
    const own = against.filter((row) => row.method === method);
    const x = [...new Set(own.map(({ prompts }) => prompts))].sort((a, b) => a - b);
    const means = x.map((n) => seedMean(own.filter(({ prompts }) => prompts === n).map(({ auc }) => auc)));
    return {
      ...{ method, x, y: means.map(({ mean }) => mean) },
      low: means.map(({ mean, interval }) => interval?.[0] ?? mean),
      high: means.map(({ mean, interval }) => interval?.[1] ?? mean),
    };
  });
}

/** AUC of methods that count prompts by how many they count, over seeds. */
import type { CircuitSampled, CircuitUnsampled } from '../../../engine/results/circuitBench.ts';
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
    const means = x.map((n) => pointOf(own.filter(({ prompts }) => prompts === n)));
    return {
      ...{ method, x, y: means.map(({ mean }) => mean) },
      low: means.map(({ mean, ends }) => ends?.[0] ?? mean),
      high: means.map(({ mean, ends }) => ends?.[1] ?? mean),
    };
  });
}

/** Its interval over seeds; of one ranking that over nodes. */
function pointOf(rows: readonly CircuitSampled[]) {
  const { mean, interval } = seedMean(rows.map(({ auc }) => auc));
  return { mean, ends: interval ?? (rows.length === 1 ? rows[0]?.overNodes : undefined) };
}

/** `Discrete codes on 5, 10 prompts`: points that are left out, for those prompts are too few. */
export function leftOutWords(rows: readonly CircuitUnsampled[], titleOf: (method: string) => string): string {
  return [...new Set(rows.map(({ method }) => method))]
    .map((method) => {
      const own = rows.filter((row) => row.method === method);
      const sizes = [...new Set(own.map(({ prompts }) => prompts))].sort((a, b) => a - b);
      return `${titleOf(method)} on ${sizes.join(', ')} prompts`;
    })
    .join('; ');
}

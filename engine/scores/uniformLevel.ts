import { bandsOf, columnsOf } from './bands.ts';
import type { BandScore, HeadScore, ScorePrompt } from './headScore.ts';

/**
 * What a head that attends to all visible keys alike (no window) has on a prompt with a query that counts; null for what a
 * head writes, which depends on its weights too.
 */
export function uniformLevel(score: HeadScore, prompt: ScorePrompt, causal: boolean): number | null {
  const { length } = prompt.ids;
  const visible = (query: number) => (causal ? query + 1 : length);
  const queries = score.select(prompt).map(({ query }) => query);
  switch (score.reading) {
    case 'mass':
    case 'top':
      return meanOf(score.select(prompt).map(({ query, keys }) => keys.length / visible(query)));
    case 'weighted':
      return meanOf(queries.map((query) => meanTo(visible(query), (key) => score.weight(query, key))));
    case 'entropy':
      return meanOf(queries.map((query) => score.ofRow(Math.log(visible(query)), visible(query))));
    case 'largest':
      return meanOf(queries.map((query) => score.ofRow(1 / visible(query), visible(query))));
    case 'bands':
      return bandLevel(score, queries, length, causal);
    case 'columns':
      return score.ofColumns(columnsOf(evenMasses(queries, length, causal), queries, causal));
    case 'overlap':
      return 1;
    case 'write':
      return null;
  }
}

function bandLevel(score: BandScore, queries: readonly number[], length: number, causal: boolean): number {
  const values = [...bandsOf(queries).values()].map((own) => {
    const keys = causal ? (own.at(-1) ?? 0) + 1 : length;
    return own.length * score.ofBand({ masses: evenMasses(own, length, causal), keys });
  });
  return values.reduce((sum, value) => sum + value, 0) / queries.length;
}

/** By key, sum over the queries that see it of 1 / (keys that they see). */
function evenMasses(queries: readonly number[], length: number, causal: boolean): Float64Array {
  const masses = new Float64Array(length);
  for (const query of queries) {
    const keys = causal ? query + 1 : length;
    for (let key = 0; key < keys; key++) masses[key] = (masses[key] as number) + 1 / keys;
  }
  return masses;
}

function meanTo(count: number, valueOf: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += valueOf(i);
  return sum / count;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

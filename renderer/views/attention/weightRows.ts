/** Weights as rows of a table: the whole map of a short prompt, else the strongest of the row that is shown. */
import type { CsvCell } from '../../parts/csv.ts';
import { csvOf } from '../../parts/csv.ts';
import type { HeadMap } from './headMap.ts';
import { topLevel } from './pyramid.ts';
import type { ShownRow } from './shownRow.ts';
import { topWeights } from './topWeights.ts';

export interface WeightRow {
  readonly query: number;
  readonly key: number;
  readonly value: number;
}

/** Tokens up to which all cells are listed, and cells that are listed of a longer prompt's row. */
const WHOLE = 64;
const MOST = 256;

export function weightRows(map: HeadMap, row: ShownRow): readonly WeightRow[] {
  const whole = map.tokens <= WHOLE ? wholeMap(map) : null;
  if (whole !== null) return whole;
  return rowWeights(row);
}

/** The strongest of one row. */
export function rowWeights({ side, position, values }: ShownRow): readonly WeightRow[] {
  return topWeights(values ?? new Float32Array(), { most: MOST }).shown.map(({ index, value }) =>
    side === 'looksAt' ? { query: position, key: index, value } : { query: index, key: position, value },
  );
}

/** Null until all of it has come. */
function wholeMap(map: HeadMap): readonly WeightRow[] | null {
  const { tokens } = map;
  const window = { level: topLevel(tokens), queries: [0, tokens], keys: [0, tokens] } as const;
  const values = map.read(window, false);
  if (values === null || map.isWhole?.(window) === false) return null;
  const queries = Array.from({ length: tokens }, (_, query) => query);
  return queries.flatMap((query) =>
    Array.from(values.subarray(query * tokens, query * tokens + query + 1), (value, key) => ({ query, key, value })),
  );
}

export interface CsvWords {
  /** `L9H6 - L5H1`. */
  readonly words: string;
  readonly measure: string;
  readonly nameOf: (token: number) => string;
}

export function weightsCsv(rows: readonly WeightRow[], { words, measure, nameOf }: CsvWords): string {
  const cells = rows.map(({ query, key, value }): CsvCell[] => [words, query, nameOf(query), key, nameOf(key), value]);
  return csvOf(['head', 'query', 'query token', 'key', 'key token', measure], cells);
}

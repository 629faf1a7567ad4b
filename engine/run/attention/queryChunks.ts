/** A prompt's queries in the portions in which its attention is computed. */
import type { Family } from '../../arch/architecture.ts';

/** Queries [from, to), which see keys [0, keys). */
export interface QueryChunk {
  readonly index: number;
  readonly from: number;
  readonly to: number;
  readonly keys: number;
}

/** Values of all heads in one chunk of a pattern: 32 MB. */
const PATTERN_VALUES = 8 * 2 ** 20;
/** So that the first of them is there soon, and others may come between. */
const MOST_QUERIES = 256;

/** The longer the row, the fewer queries. With a bidirectional mask every query needs every key at once: one chunk. */
export function queryChunks({ causal, shape }: Family, tokens: number, most = MOST_QUERIES): readonly QueryChunk[] {
  if (!causal) return [{ index: 0, from: 0, to: tokens, keys: tokens }];
  const chunks: QueryChunk[] = [];
  for (let from = 0; from < tokens;) {
    const to = Math.min(tokens, from + Math.min(most, fitting(from, PATTERN_VALUES / shape.heads)));
    chunks.push({ index: chunks.length, from, to, keys: to });
    from = to;
  }
  return chunks;
}

/** The most queries n after `from` with n (from + n) <= area, at least one. */
function fitting(from: number, area: number): number {
  return Math.max(1, Math.floor((Math.sqrt(from * from + 4 * area) - from) / 2));
}

/** The chunk that a position is a query of. */
export function chunkOf(chunks: readonly QueryChunk[], position: number): QueryChunk {
  const found = chunks.find(({ to }) => position < to);
  if (found === undefined) throw new RangeError(`position ${position} is past the last chunk`);
  return found;
}

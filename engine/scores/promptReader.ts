/** One score of one prompt, read from chunks of a head's pattern and of what it writes. */
import type { WriteNorms } from '../run/patterns.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { axisSize } from '../tensor/tensor.ts';
import type { Counted, HeadScore, PatternRow, ScorePrompt, Write } from './headScore.ts';

/** A head's part of a chunk: some queries of one prompt. */
export interface HeadChunk {
  /** [B N P K] */
  readonly pattern: Tensor;
  /** Of the same queries; null where no score reads them. */
  readonly norms: WriteNorms | null;
  /** Position of the chunk's first query. */
  readonly from: number;
  readonly row: number;
  readonly head: number;
  /** Tokens in the row: keys after them are padding. */
  readonly length: number;
}

export interface PromptReader {
  /** Queries that count. */
  readonly queries: number;
  /** Of the score's value, over those queries that are in the chunk. */
  sum(chunk: HeadChunk): number;
}

export function promptReader(score: HeadScore, prompt: ScorePrompt): PromptReader {
  switch (score.reading) {
    case 'mass':
      return reader(score.select(prompt), ({ query, keys }, rows) => massOn(rows.pattern(query), keys));
    case 'top':
      return reader(score.select(prompt), ({ query, keys }, rows) => topAmong(rows.pattern(query), keys));
    case 'row':
      return reader(score.select(prompt), ({ query }, rows) => score.ofRow(rows.pattern(query)));
    case 'write':
      return reader(score.select(prompt), ({ query }, rows) => score.ofWrite(rows.write(query)));
  }
}

function reader<Query extends Counted>(
  queries: readonly Query[],
  valueAt: (query: Query, rows: Rows) => number,
): PromptReader {
  return {
    queries: queries.length,
    sum(chunk) {
      const rows = new Rows(chunk);
      return queries.reduce((sum, one) => (rows.has(one.query) ? sum + valueAt(one, rows) : sum), 0);
    },
  };
}

/** What a chunk holds of each query, by position. */
class Rows {
  readonly #chunk: HeadChunk;
  readonly #heads: number;
  readonly #queries: number;
  readonly #keys: number;

  constructor(chunk: HeadChunk) {
    this.#chunk = chunk;
    this.#heads = axisSize(chunk.pattern, 'N');
    this.#queries = axisSize(chunk.pattern, 'P');
    this.#keys = axisSize(chunk.pattern, 'K');
  }

  has(query: number): boolean {
    const { from } = this.#chunk;
    return query >= from && query < from + this.#queries;
  }

  pattern(query: number): PatternRow {
    const { pattern, from, row, head, length } = this.#chunk;
    const at = ((row * this.#heads + head) * this.#queries + query - from) * this.#keys;
    return { query, weights: pattern.data, at, keys: Math.min(this.#keys, length) };
  }

  write(query: number): Write {
    const { norms, from, row, head } = this.#chunk;
    const at = row * this.#queries + query - from;
    const [write, stream] = [norms?.write.data[at * this.#heads + head], norms?.residPre.data[at]];
    if (write === undefined || stream === undefined) throw new RangeError(`no write at query ${query}`);
    return { write, stream };
  }
}

/** sum over k in K(q) of A[q, k] */
function massOn({ weights, at }: PatternRow, chosen: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < chosen.length; i++) sum += weights[at + (chosen[i] as number)] as number;
  return sum;
}

/** 1 where the largest weight lies on a key of K(q); of keys that share the largest weight, the share that is in K(q). */
function topAmong({ weights, at, keys }: PatternRow, chosen: ArrayLike<number>): number {
  let [largest, ties] = [-Infinity, 0];
  for (let k = at; k < at + keys; k++) {
    const weight = weights[k] as number;
    if (weight > largest) [largest, ties] = [weight, 1];
    else if (weight === largest) ties++;
  }
  let hits = 0;
  for (let i = 0; i < chosen.length; i++) if (weights[at + (chosen[i] as number)] === largest) hits++;
  return hits / ties;
}

/** Scores that have a value at each query, from what a readout gives of a chunk. */
import type { Tensor } from '../tensor/tensor.ts';
import type { HeadScore } from './headScore.ts';
import { tensorOf } from './tensorOf.ts';

/** One query of one head. */
export interface Spot {
  readonly row: number;
  readonly head: number;
  /** Its place in the chunk. */
  readonly at: number;
  /** Keys that it sees. */
  readonly keys: number;
}

export interface ChunkValues {
  /** See Wanted. */
  readonly values: ReadonlyMap<string, Tensor>;
  readonly heads: number;
  /** Queries in the chunk. */
  readonly size: number;
}

/** `top`: the score's place among those that read the largest weights. Null for scores that have no value at a query. */
export function queryReader(
  score: HeadScore,
  top: number,
  { values, heads, size }: ChunkValues,
): ((spot: Spot) => number) | null {
  const perHead = (name: string) => {
    const { data } = tensorOf(values, name);
    return ({ row, head, at }: Spot) => data[(row * heads + head) * size + at] as number;
  };
  const perQuery = (name: string, each: number) => {
    const { data } = tensorOf(values, name);
    return ({ row, head, at }: Spot) => data[(row * size + at) * each + (each === 1 ? 0 : head)] as number;
  };
  switch (score.reading) {
    case 'entropy':
    case 'largest': {
      const value = perHead(score.reading);
      return (spot) => score.ofRow(value(spot), spot.keys);
    }
    case 'top': {
      const [hits, ties] = [perHead(`hits.${top}`), perHead('ties')];
      return (spot) => hits(spot) / ties(spot);
    }
    case 'write': {
      const [write, stream, product] = [perQuery('write', heads), perQuery('stream', 1), perQuery('product', heads)];
      return (spot) => score.ofWrite({ write: write(spot), stream: stream(spot), product: product(spot) });
    }
    default:
      return null;
  }
}

/** Losses of a row's tokens, and their divergences from another prediction of the same row. */

/**
 * Natural logarithm of the partition sums of [P, V] logits, one a position, in double precision:
 * log sum_V exp(l), from the largest logit down.
 */
export function logPartitions(logits: Float32Array, width: number): Float64Array {
  const sums = new Float64Array(logits.length / width);
  for (let p = 0; p < sums.length; p++) {
    const [from, to] = [p * width, (p + 1) * width];
    let top = -Infinity;
    for (let i = from; i < to; i++) top = Math.max(top, logits[i] as number);
    let mass = 0;
    for (let i = from; i < to; i++) mass += Math.exp((logits[i] as number) - top);
    sums[p] = top + Math.log(mass);
  }
  return sums;
}

/** A row's logits [P, V] and their partition sums [P]. */
export interface Predicted {
  readonly logits: Float32Array;
  readonly partitions: Float64Array;
}

/** -log p(next token) at each position but the last, in nats. Throws RangeError for a row of one token. */
export function tokenLosses({ logits, partitions }: Predicted, ids: readonly number[]): Float64Array {
  if (ids.length < 2) throw new RangeError('a row of one token predicts nothing');
  const width = logits.length / partitions.length;
  return Float64Array.from(ids.slice(1), (next, p) => (partitions[p] as number) - (logits[p * width + next] ?? NaN));
}

/** KL(p || q) = sum_V p (log p - log q) at each position but the last, in nats; never below 0. */
export function tokenDivergences(p: Predicted, q: Predicted): Float64Array {
  const width = p.logits.length / p.partitions.length;
  return Float64Array.from({ length: p.partitions.length - 1 }, (_, position) => {
    const [logP, logQ] = [p.partitions[position] as number, q.partitions[position] as number];
    let sum = 0;
    for (let i = position * width; i < (position + 1) * width; i++) {
      const own = (p.logits[i] as number) - logP;
      sum += Math.exp(own) * (own - ((q.logits[i] as number) - logQ));
    }
    return Math.max(0, sum);
  });
}

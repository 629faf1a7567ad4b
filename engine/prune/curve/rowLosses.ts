/** Loss of a row of tokens, and its divergence from another prediction of the same row. */

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

/** Mean over positions but the last of -log p(next token), in nats. Throws RangeError for a row of one token. */
export function meanLoss(logits: Float32Array, partitions: Float64Array, ids: readonly number[]): number {
  if (ids.length < 2) throw new RangeError('a row of one token predicts nothing');
  const width = logits.length / partitions.length;
  let sum = 0;
  for (let p = 0; p + 1 < ids.length; p++) {
    sum += (partitions[p] as number) - (logits[p * width + (ids[p + 1] as number)] ?? NaN);
  }
  return sum / (ids.length - 1);
}

/** Mean over positions but the last of KL(p || q) = sum_V p (log p - log q), in nats; never below 0. */
export function meanDivergence(
  p: { readonly logits: Float32Array; readonly partitions: Float64Array },
  q: { readonly logits: Float32Array; readonly partitions: Float64Array },
  positions: number,
): number {
  const width = p.logits.length / p.partitions.length;
  let sum = 0;
  for (let position = 0; position < positions; position++) {
    const [logP, logQ] = [p.partitions[position] as number, q.partitions[position] as number];
    let row = 0;
    for (let i = position * width; i < (position + 1) * width; i++) {
      const own = (p.logits[i] as number) - logP;
      row += Math.exp(own) * (own - ((q.logits[i] as number) - logQ));
    }
    sum += row;
  }
  return Math.max(0, sum / positions);
}

/** ALiBi: a bias on the scores that grows with the key position, with one slope for each head (Press et al. 2022). */
import type { Value } from '../../graph/value.ts';
import type { BlockContext } from '../architecture.ts';

export interface Alibi {
  readonly slopes: readonly number[];
  /** The bias is slope * position * scale. */
  readonly scale: number;
  /** Position and slope * position are rounded to bfloat16, as Falcon does at any precision. */
  readonly rounded: boolean;
}

/** scores [B N P K] + bias [B N K]; the same for all queries, as softmax doesn't see a constant. */
export function addAlibi(context: BlockContext, scores: Value, { slopes, scale, rounded }: Alibi): Value {
  const { g } = context;
  const position = rounded ? toBfloat16(context, context.keyPositions()) : context.keyPositions();
  const bias = g.multiply(g.constant(slopes, 'N', { N: slopes.length }), position);
  const kept = rounded ? toBfloat16(context, bias) : bias;
  return g.add(scores, scale === 1 ? kept : g.multiply(kept, scale));
}

/** Slopes of N heads: 2^(-8 i / n) for the largest power of two n <= N, then every other one of those for 2 n. */
export function alibiSlopes(heads: number): number[] {
  const n = 2 ** Math.floor(Math.log2(heads));
  const first = powersOf(n, n, 1);
  return [...first, ...powersOf(2 * n, heads - n, 2)];
}

// 2^(-8 / n) to the power 1, 1 + stride, ..., in float32.
function powersOf(n: number, count: number, stride: number): number[] {
  const base = Math.fround(2 ** -(2 ** -(Math.log2(n) - 3)));
  return Array.from({ length: count }, (_, i) => Math.fround(base ** (1 + i * stride)));
}

/** Nearest bfloat16 of a number. */
export function bfloat16(value: number): number {
  const c = Math.fround(value * splitter);
  return Math.fround(c - Math.fround(c - value));
}

// Veltkamp's splitting: in float32, c = x (2^16 + 1), c - (c - x) is x rounded to 24 - 16 = 8 significant bits.
const splitter = 2 ** 16 + 1;

function toBfloat16(context: BlockContext, x: Value): Value {
  const { g } = context;
  const c = g.multiply(x, splitter);
  return g.subtract(c, g.subtract(c, x));
}

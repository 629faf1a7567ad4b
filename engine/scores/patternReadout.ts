/**
 * What head scores need of a block, computed inside its program: sums, entropies and largest weights of the pattern, lengths of
 * what heads write. The pattern itself never leaves the program.
 */
import type { GraphBuilder } from '../graph/builder.ts';
import type { Value } from '../graph/value.ts';
import type { Readout, ReadoutValues } from '../run/readout.ts';
import { readoutInput } from '../run/readout.ts';
import type { HeadScore } from './headScore.ts';

/** Which values are computed. */
export interface Wanted {
  /** `sums` [B N E]: sum over q and k of A[q, k] W[q, k, e], with `weights` W [B P K E] fed. */
  readonly sums: boolean;
  /** `entropy` [B N P]: -sum over k of A[q, k] ln A[q, k]. */
  readonly entropy: boolean;
  /** `largest` [B N P]: max over k of A[q, k]. */
  readonly largest: boolean;
  /** `ties` [B N P]: keys that share the largest weight; `hits.i` [B N P]: those of them in `keys.i` [B P K] (1 or 0), i below this. */
  readonly tops: number;
  /** `bands` [B N I K]: sum over the queries of a band of A[q, k], with `bands` [B 1 I P] (1 or 0) fed. */
  readonly bands: boolean;
  /** `write` [B P N], `stream` [B P], `product` [B P N]: see Write. */
  readonly writes: boolean;
}

export function wantedOf(scores: readonly HeadScore[]): Wanted {
  const reads = (...readings: readonly HeadScore['reading'][]) =>
    scores.filter(({ reading }) => readings.includes(reading)).length;
  return {
    sums: reads('mass', 'weighted') > 0,
    entropy: reads('entropy') > 0,
    largest: reads('largest') > 0,
    tops: reads('top'),
    bands: reads('bands', 'columns') > 0,
    writes: reads('write') > 0,
  };
}

export function patternReadout(wanted: Wanted): Readout {
  return { key: JSON.stringify(wanted), build: (g, values) => new Map(build(g, values, wanted)) };
}

function* build(g: GraphBuilder, values: ReadoutValues, wanted: Wanted): Generator<readonly [string, Value]> {
  const { pattern } = values;
  if (wanted.sums) yield ['sums', g.contract(pattern, input(g, 'weights', 'B P K E'), 'B N E')];
  if (wanted.entropy) yield ['entropy', entropyOf(g, pattern)];
  if (wanted.largest || wanted.tops > 0) {
    const largest = g.max(pattern, 'K');
    if (wanted.largest) yield ['largest', largest];
    if (wanted.tops > 0) yield* topsOf(g, pattern, largest, wanted.tops);
  }
  // [B 1 I P] [B N P K]: a product for each head.
  if (wanted.bands) yield ['bands', g.contract(input(g, 'bands', 'B N I P'), pattern, 'B N I K')];
  if (wanted.writes) yield* writesOf(g, values);
}

function input(g: GraphBuilder, name: string, axes: string): Value {
  return g.input(readoutInput(name), axes, 'float32', 'dynamic');
}

/** H = -sum a ln a, with 0 ln 0 = 0 (Shannon 1948): the smallest normal float32 is added, which changes no weight that matters. */
function entropyOf(g: GraphBuilder, pattern: Value): Value {
  const logs = g.log(g.add(pattern, 2 ** -126));
  return g.negate(g.sum(g.multiply(pattern, logs), 'K'));
}

function* topsOf(g: GraphBuilder, pattern: Value, largest: Value, tops: number): Generator<readonly [string, Value]> {
  const isLargest = g.toFloat(g.equal(pattern, largest));
  yield ['ties', g.sum(isLargest, 'K')];
  for (let i = 0; i < tops; i++) {
    yield [`hits.${i}`, g.sum(g.multiply(isLargest, input(g, `keys.${i}`, 'B P K')), 'K')];
  }
}

/**
 * ||z W_O||^2 = z (W_O W_O^T) z^T: H products a value of z, where the write itself would be D values for each head. The same
 * way (z W_O) . x = z . (W_O x).
 */
function* writesOf(g: GraphBuilder, { z, residPre, outWeight }: ReadoutValues): Generator<readonly [string, Value]> {
  const gram = g.contract(outWeight, g.rename(outWeight, 'H', 'F'), 'N H F');
  const turned = g.rename(g.contract(z, gram, 'B P N F'), 'F', 'H');
  yield ['write', g.sqrt(g.relu(g.sum(g.multiply(turned, z), 'H')))];
  yield ['stream', g.sqrt(g.sum(g.multiply(residPre, residPre), 'D'))];
  yield ['product', g.sum(g.multiply(g.contract(residPre, outWeight, 'B P N H'), z), 'H')];
}

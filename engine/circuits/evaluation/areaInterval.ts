/**
 * How far numbers about few nodes can be trusted where nothing was drawn. ASSUMPTION, stated wherever they are shown: nodes in and
 * outside the reference are as if drawn, each by itself, from many like them. It is of the nodes, not of the prompts (other prompts
 * would move scores) and not of seeds. Nodes are not resampled: a bootstrap of a perfect ranking of four nodes has no width at all.
 */
import { wilsonInterval } from '../../tasks/statistics.ts';

type Interval = readonly [low: number, high: number];

export interface AreaCounts {
  /** Items in the reference and outside it; at least one of each. */
  readonly inside: number;
  readonly outside: number;
}

/** Square of the standard normal quantile of 97.5 %. */
const z2 = 1.959963984540054 ** 2;

/** Halvings of a range of length 1 until float64 tells its ends no longer apart. */
const HALVINGS = 52;

/**
 * 95 % interval of an area A under ROC over m items inside and n outside: all a with (A - a)^2 <= z^2 V(a), Wilson's way
 * (Newcombe 2006, Statistics in Medicine 25:559), so that an area of 1 has a width and no end leaves [0, 1];
 *
 *   V(a) = (a (1 - a) + (m - 1)(Q1 - a^2) + (n - 1)(Q2 - a^2)) / (m n),  Q1 = a / (2 - a),  Q2 = 2 a^2 / (1 + a)
 *
 * (Hanley and McNeil 1982, equation 1, for scores of negative exponential distribution: a shape that they found to err on the safe side).
 */
export function aucInterval(auc: number, { inside: m, outside: n }: AreaCounts): Interval {
  const isWithin = (a: number) => {
    const [q1, q2] = [a / (2 - a), (2 * a * a) / (1 + a)];
    const variance = (a * (1 - a) + (m - 1) * (q1 - a * a) + (n - 1) * (q2 - a * a)) / (m * n);
    return (auc - a) ** 2 <= z2 * variance;
  };
  return [auc <= 0 ? 0 : edge(isWithin, auc, 0), auc >= 1 ? 1 : edge(isWithin, auc, 1)];
}

/** Where `isWithin` ends on the way from a value next to `from`, at which it holds, to `to`, at which it does not. */
function edge(isWithin: (a: number) => boolean, from: number, to: number): number {
  let [within, beyond] = [from, to];
  for (let step = 0; step < HALVINGS; step++) {
    const middle = (within + beyond) / 2;
    if (isWithin(middle)) within = middle;
    else beyond = middle;
  }
  return (within + beyond) / 2;
}

/**
 * 95 % interval of an average precision as of a share of the items inside (Boyd, Eng and Page 2013, section 3, the binomial one;
 * Wilson's in place of the normal one, for the same reason).
 */
export function precisionInterval(averagePrecision: number, { inside }: Pick<AreaCounts, 'inside'>): Interval {
  return wilsonInterval(averagePrecision * inside, inside);
}

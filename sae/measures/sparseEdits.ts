/**
 * Turning one activation into another by few features (Makelov, Lange and Nanda 2024, section 4). Pitfall: an edit that takes
 * away most of the activation is no edit of a feature, so the share that is taken away stands beside it.
 */
import type { Codes } from '../codes.ts';
import type { Dictionary } from '../dictionary.ts';
import { weightOf } from '../dictionary.ts';
import { prepared } from '../prepared.ts';
import type { Rows } from '../rows.ts';
import { rowAt } from '../rows.ts';
import { codeShares } from './codeShares.ts';

/** Rows as the dictionary reads them, with their codes. */
export interface Coded {
  readonly rows: Rows;
  readonly codes: Codes;
}

export interface SparseEdits {
  /** Most features that an edit changes. */
  readonly budget: number;
  /** Edited rows, scale and normalisation of the source undone. */
  readonly rows: Rows;
  /** [n] share of x^ - b_dec of the source that the edit changes (`codeShares`). */
  readonly removed: Float64Array;
}

/**
 * Row by row x = x_s + sum over chosen i of (f_t,i - f_s,i) d_i: the source's code of a feature is given the target's value.
 * Features are chosen one by one, each time the one that brings x nearest to x_t, while one brings it nearer.
 */
export function sparseEdits(
  dictionary: Dictionary,
  source: Coded,
  target: Coded,
  budgets: readonly number[],
): SparseEdits[] {
  const { width } = dictionary;
  const [from, to] = [prepared(source.rows, dictionary.input), prepared(target.rows, dictionary.input)];
  const shares = codeShares(dictionary, source.codes);
  const most = Math.max(...budgets);
  const edits = budgets.map((budget) => ({
    budget,
    data: from.data.slice(),
    removed: new Float64Array(source.codes.starts.length - 1),
  }));
  for (let row = 0; row + 1 < source.codes.starts.length; row++) {
    const changes = changesOf(dictionary, source.codes, target.codes, row);
    const gap = Float64Array.from(rowAt(to, row), (value, d) => value - (rowAt(from, row)[d] as number));
    greedy(changes, gap, most).forEach(({ feature, change }, place) => {
      for (const { budget, data, removed } of edits) {
        if (place >= budget) continue;
        for (let d = 0; d < width; d++) {
          const at = row * width + d;
          data[at] = (data[at] as number) + (change[d] as number);
        }
        removed[row] = (removed[row] as number) + shareOf(source.codes, shares, row, feature);
      }
    });
  }
  return edits.map(({ data, ...edit }) => ({ ...edit, rows: { width, data: from.undo(data) } }));
}

interface Change {
  readonly feature: number;
  /** (f_t - f_s) d */
  readonly change: Float64Array;
}

function changesOf(dictionary: Dictionary, source: Codes, target: Codes, row: number): Change[] {
  const { width } = dictionary;
  const decoder = weightOf(dictionary, 'W_dec');
  const differences = new Map<number, number>();
  const count = (codes: Codes, sign: 1 | -1) => {
    for (let at = codes.starts[row] as number; at < (codes.starts[row + 1] as number); at++) {
      const feature = codes.indices[at] as number;
      differences.set(feature, (differences.get(feature) ?? 0) + sign * (codes.values[at] as number));
    }
  };
  count(target, 1);
  count(source, -1);
  return [...differences].map(([feature, difference]) => ({
    feature,
    change: Float64Array.from({ length: width }, (_, d) => difference * (decoder[feature * width + d] as number)),
  }));
}

/** |gap - change|^2 is less than |gap|^2 by 2 gap . change - |change|^2. */
function greedy(changes: readonly Change[], gap: Float64Array, most: number): Change[] {
  const chosen: Change[] = [];
  const free = new Set(changes);
  const squares = new Map(changes.map((one) => [one, dot(one.change, one.change)]));
  while (chosen.length < most) {
    let [best, gain]: [Change | null, number] = [null, 0];
    for (const one of free) {
      const own = 2 * dot(gap, one.change) - (squares.get(one) ?? 0);
      if (own > gain) [best, gain] = [one, own];
    }
    if (best === null) break;
    const { change } = best;
    change.forEach((value, d) => (gap[d] = (gap[d] as number) - value));
    chosen.push(best);
    free.delete(best);
  }
  return chosen;
}

function shareOf({ starts, indices }: Codes, shares: Float64Array, row: number, feature: number): number {
  for (let at = starts[row] as number; at < (starts[row + 1] as number); at++)
    if (indices[at] === feature) return shares[at] as number;
  return 0;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

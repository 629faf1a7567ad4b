/**
 * Do two trainings find the same features? Rows of two decoders matched one to one by cosine.
 * Pitfalls: features of either sign of a direction do not match; dead rows match nothing and pull the mean down, so leave them
 * out; random unit rows match at more than 0 too, the more so the narrower the input: compare with them.
 */
import type { Dictionary } from '../dictionary.ts';
import { weightOf } from '../dictionary.ts';
import type { MatchKind, RowMatch } from '../matchRows.ts';
import { matchRows } from '../matchRows.ts';
import { rowsAt } from '../rows.ts';

export interface Stability {
  /** One for each feature of the smaller dictionary, best first; only some for `mutual`. */
  readonly matches: readonly RowMatch[];
  readonly meanCosine: number;
  /** Share of matches with a cosine of at least 0.7. */
  readonly matched: number;
  /** Mean over features of the first of the largest cosine with any of the second: several may share one. */
  readonly meanMaxCosine: number;
  readonly assignment: MatchKind;
}

const matchedCosine = 0.7;

/** Of the features named, or of all. RangeError for dictionaries of different widths. */
export async function stability(
  first: Dictionary,
  second: Dictionary,
  only: { readonly first?: readonly number[]; readonly second?: readonly number[] } = {},
): Promise<Stability> {
  if (first.width !== second.width)
    throw new RangeError(`stability: expected one width, got ${first.width} and ${second.width}`);
  const [a, b] = [listed(first, only.first), listed(second, only.second)];
  const { matches, kind, nearest } = await matchRows(a, b, first.width);
  const numbered = (list: readonly number[] | undefined, row: number) => list?.[row] ?? row;
  return {
    matches: matches.map((match) => ({
      first: numbered(only.first, match.first),
      second: numbered(only.second, match.second),
      cosine: match.cosine,
    })),
    meanCosine: mean(matches.map(({ cosine }) => cosine)),
    matched: mean(matches.map(({ cosine }) => Number(cosine >= matchedCosine))),
    meanMaxCosine: mean(nearest.a.cosine),
    assignment: kind,
  };
}

/** Decoder rows of these features, or of all. */
function listed(dictionary: Dictionary, only: readonly number[] | undefined): Float32Array {
  const decoder = weightOf(dictionary, 'W_dec');
  return only === undefined ? decoder : rowsAt({ width: dictionary.width, data: decoder }, only).data;
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum / Math.max(1, values.length);
}

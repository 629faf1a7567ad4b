/**
 * Splitting and absorption, where what is there is known (planted directions, a tree of concepts).
 * Pitfalls: a truth that is correlated with its parent has a cosine with it of its own, which is given beside; features
 * that are off by a rotation within a subspace look split though they span it.
 */
import { bestAssignment } from '../bestAssignment.ts';
import { rowProduct, unitRows } from '../directions.ts';

export interface Truth {
  readonly width: number;
  /** [T D] directions that rows were made of. */
  readonly directions: Float32Array;
  /** [T] the truth that always comes with each, or null. */
  readonly parents: readonly (number | null)[];
}

export interface TruthMatch {
  /** The feature that stands for it. */
  readonly feature: number;
  readonly cosine: number;
  /** Features with a cosine of at least 0.7 with it: more than one is a split. */
  readonly features: number;
}

export interface Splitting {
  /** By truth. */
  readonly matches: readonly TruthMatch[];
  /** Mean cosine of matches. */
  readonly recovery: number;
  /** Truths that more than one feature stands for. */
  readonly split: number;
  /** Mean cosine of the features of children with the true parent: what of the parent their features have taken in. Null without parents. */
  readonly absorption: number | null;
  /** The same of the true children: 0 where they are orthogonal to their parents. */
  readonly trueAbsorption: number | null;
}

const splitCosine = 0.7;

/** Truths matched one to one with rows of a decoder [F D] by cosine, F at least T. */
export function splitting(decoder: Float32Array, truth: Truth): Splitting {
  const { width, parents } = truth;
  const [truths, rows] = [unitRows(truth.directions, width), unitRows(decoder, width)];
  const [count, features] = [truths.length / width, rows.length / width];
  const similarity = Float64Array.from({ length: count * features }, (_, at) =>
    rowProduct(truths, Math.floor(at / features), rows, at % features, width),
  );
  const assigned = bestAssignment(similarity, count, features);
  const matches = Array.from(assigned, (feature, t): TruthMatch => {
    const own = similarity.subarray(t * features, (t + 1) * features);
    const like = own.reduce((sum, cosine) => sum + Number(cosine >= splitCosine), 0);
    return { feature, cosine: own[feature] as number, features: like };
  });
  const children = parents.flatMap((parent, child) => (parent === null ? [] : [{ parent, child }]));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const ofChildren = (cosine: (parent: number, child: number) => number) =>
    children.length === 0 ? null : mean(children.map(({ parent, child }) => cosine(parent, child)));
  return {
    matches,
    recovery: mean(matches.map(({ cosine }) => cosine)),
    split: matches.filter((match) => match.features > 1).length,
    absorption: ofChildren((parent, child) => similarity[parent * features + (assigned[child] as number)] as number),
    trueAbsorption: ofChildren((parent, child) => rowProduct(truths, parent, truths, child, width)),
  };
}

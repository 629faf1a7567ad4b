/** How well a dictionary found the concepts of the toy data. */
import { bestAssignment } from '../bestAssignment.ts';
import { CONCEPTS, parentOf } from './conceptTree.ts';

export interface ConceptRecovery {
  /** Mean cosine of concepts with the atoms that they are matched with, each atom once, so that this is largest. */
  readonly match: number;
  /** Mean absolute cosine of a child's atom with the true parent: 0 where children were learned apart, large where absorbed. */
  readonly absorption: number;
}

/** `atoms` [F CONCEPTS], `concepts` [CONCEPTS CONCEPTS] of length 1. */
export function conceptRecovery(atoms: Float32Array, concepts: Float64Array): ConceptRecovery {
  const features = atoms.length / CONCEPTS;
  const cosines = new Float64Array(CONCEPTS * features);
  for (let concept = 0; concept < CONCEPTS; concept++) {
    for (let atom = 0; atom < features; atom++) {
      cosines[concept * features + atom] = cosine(rowOf(atoms, atom), rowOf(concepts, concept));
    }
  }
  const matched = bestAssignment(cosines, CONCEPTS, features);
  const children = [...parentOf].map(([child, parent]) =>
    Math.abs(cosine(rowOf(atoms, matched[child] as number), rowOf(concepts, parent))),
  );
  return {
    match: mean(Array.from(matched, (atom, concept) => cosines[concept * features + atom] as number)),
    absorption: mean(children),
  };
}

function rowOf<T extends Float32Array | Float64Array>(values: T, row: number): T {
  return values.subarray(row * CONCEPTS, (row + 1) * CONCEPTS) as T;
}

/** 0 where one of them is nothing. */
function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (let k = 0; k < a.length; k++) {
    const [x, y] = [a[k] as number, b[k] as number];
    dot += x * y;
    aa += x * x;
    bb += y * y;
  }
  return dot === 0 ? 0 : dot / Math.sqrt(aa * bb);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

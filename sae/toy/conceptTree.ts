/**
 * The hierarchical toy data of the MP-SAE paper (Costa et al. 2025, section 4; tree of the authors' repository): 20 unit
 * concepts in R^20. Eleven roots of which just one is active: three parents (0, 4, 8) with probability 0.2 each, eight leaves
 * (12 to 19) with 0.05 each. An active parent has one of its three children with 0.2 each, or none. 1.36 concepts are active on
 * average, each times a magnitude drawn from N(1.5, 0.25^2).
 */
import type { Random } from '../../engine/tensor/random.ts';

export const CONCEPTS = 20;

const parents = [0, 4, 8] as const;
const leaves = [12, 13, 14, 15, 16, 17, 18, 19] as const;
const PARENT_SHARE = 0.2;
const CHILD_SHARE = 0.2;
const LEAF_SHARE = 0.05;

/** Concepts that are correlated with each other: the roots, and the children of each parent. */
const levels: readonly (readonly number[])[] = [[...parents, ...leaves], ...parents.map(childrenOf)];

/** Child -> its parent. */
export const parentOf: ReadonlyMap<number, number> = new Map(
  parents.flatMap((parent) => childrenOf(parent).map((child) => [child, parent] as const)),
);

function childrenOf(parent: number): readonly number[] {
  return [parent + 1, parent + 2, parent + 3];
}

/** [CONCEPTS CONCEPTS] a unit vector a row: those of one level have this cosine with each other, all others are orthogonal. */
export function conceptVectors(cosine: number, random: Random): Float64Array {
  const basis = orthonormal(CONCEPTS, random);
  const vectors = new Float64Array(CONCEPTS * CONCEPTS);
  for (const level of levels) {
    // q_i + b sum of q_j has the wanted cosine where n b^2 + 2 b = cosine / (1 - cosine).
    const n = level.length;
    const b = (Math.sqrt(1 + (n * cosine) / (1 - cosine)) - 1) / n;
    for (const i of level) {
      const row = vectors.subarray(i * CONCEPTS, (i + 1) * CONCEPTS);
      row.set(basis.subarray(i * CONCEPTS, (i + 1) * CONCEPTS));
      for (const j of level) addScaled(row, b, basis.subarray(j * CONCEPTS, (j + 1) * CONCEPTS));
      scale(row, 1 / Math.hypot(...row));
    }
  }
  return vectors;
}

/** [count CONCEPTS] rows of the toy data over these concepts. */
export function conceptRows(count: number, vectors: Float64Array, random: Random): Float32Array {
  const rows = new Float32Array(count * CONCEPTS);
  for (let row = 0; row < count; row++) {
    const x = rows.subarray(row * CONCEPTS, (row + 1) * CONCEPTS);
    for (const concept of drawActive(random)) {
      addScaled(x, 1.5 + 0.25 * random.normal(), vectors.subarray(concept * CONCEPTS, (concept + 1) * CONCEPTS));
    }
  }
  return rows;
}

function drawActive(random: Random): readonly number[] {
  const root = random.next();
  const parent = parents[Math.floor(root / PARENT_SHARE)];
  if (parent === undefined) {
    const leaf = Math.floor((root - parents.length * PARENT_SHARE) / LEAF_SHARE);
    return [leaves[Math.min(leaf, leaves.length - 1)] as number];
  }
  const child = childrenOf(parent)[Math.floor(random.next() / CHILD_SHARE)];
  return child === undefined ? [parent] : [parent, child];
}

/** Rows of a random rotation: normal vectors made orthogonal one after another (Gram-Schmidt). */
function orthonormal(size: number, random: Random): Float64Array {
  const rows = Float64Array.from({ length: size * size }, () => random.normal());
  for (let i = 0; i < size; i++) {
    const row = rows.subarray(i * size, (i + 1) * size);
    for (let j = 0; j < i; j++) {
      const other = rows.subarray(j * size, (j + 1) * size);
      addScaled(row, -row.reduce((sum, value, k) => sum + value * (other[k] as number), 0), other);
    }
    scale(row, 1 / Math.hypot(...row));
  }
  return rows;
}

function addScaled(into: Float32Array | Float64Array, by: number, values: Float64Array): void {
  values.forEach((value, k) => (into[k] = (into[k] as number) + by * value));
}

function scale(values: Float64Array, by: number): void {
  values.forEach((value, k) => (values[k] = value * by));
}

/**
 * The dictionary that known attributes give (Makelov, Lange and Nanda 2024, section 3): one feature for each value of each
 * attribute, of which a sample has one an attribute, at strength 1.
 */
import { CholeskyDecomposition, EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { Fault } from '../../engine/terms/fault.ts';
import type { Codes } from '../codes.ts';
import type { Dictionary, WeightName } from '../dictionary.ts';
import type { Rows } from '../rows.ts';
import { countOf, rowAt } from '../rows.ts';
import type { ControlFacts, ControlInput } from './control.ts';
import { controlDictionary, preparedControl } from './control.ts';

export const supervisedFacts: ControlFacts = {
  id: 'supervised',
  title: 'Supervised dictionary',
  about: 'A feature for each value of each known attribute of a prompt: what a dictionary could know.',
  madeOf: 'attributes',
};

export interface Attribute {
  /** `IO name` */
  readonly name: string;
  /** Names of its values. */
  readonly values: readonly string[];
  /** [n] the value that each row has, as a place among `values`. */
  readonly of: Int32Array;
}

export type SupervisedFit =
  /** u_v = E[x | v] - E[x]: exact where attributes are independent. */
  | 'mean'
  /** Least squares over all attributes together: U = (C^T C)^+ C^T (X - E[x]). To be preferred where they go together. */
  | 'leastSquares';

/** Share of the mean variance that is added to each direction before it is inverted for reading attributes off x. */
const ridge = 1e-3;

/**
 * Features in the order of attributes and values, labelled `IO name = Mary`. Its encoder reads each attribute off x by least
 * squares and takes the likeliest value; `attributeCodes` are the true ones. Throws Fault for attributes that do not fit the rows.
 */
export function supervised(input: ControlInput, attributes: readonly Attribute[], fit: SupervisedFit): Dictionary {
  attributes.forEach((attribute) => checkAttribute(attribute, countOf(input.rows)));
  const { centre, centred } = preparedControl(input);
  const groups = attributes.map(({ values }) => values.length);
  const features = groups.reduce((sum, size) => sum + size, 0);
  const codes = attributeCodes(attributes);
  const decoder = fit === 'mean' ? conditionalMeans(codes, centred) : leastSquares(codes, centred);
  const { matrix, bias } = reading(codes, centred);
  const weights = new Map<WeightName, Float32Array>([
    ['W_enc', matrix],
    ['b_enc', bias],
    ['W_dec', decoder],
    ['b_dec', Float32Array.from(centre)],
  ]);
  const parts = { features, encoder: { kind: 'onePerGroup', groups }, weights } as const;
  const labels = attributes.flatMap(({ name, values }) => values.map((value) => `${name} = ${value}`));
  return { ...controlDictionary('supervised', input, parts, { fit }), labels: new Map(labels.entries()) };
}

function checkAttribute({ name, values, of }: Attribute, rows: number): void {
  const bad = of.find((value) => !Number.isInteger(value) || value < 0 || value >= values.length);
  if (bad !== undefined) {
    const expected = `a value from 0 to ${values.length - 1}`;
    throw new Fault({ what: `attribute ${name}`, where: 'supervised dictionary', expected, got: String(bad) });
  }
  if (of.length === rows) return;
  const expected = `a value for each of ${rows} rows`;
  throw new Fault({ what: `attribute ${name}`, where: 'supervised dictionary', expected, got: String(of.length) });
}

/** The true codes: 1 for the value of each attribute that a row has. */
export function attributeCodes(attributes: readonly Attribute[]): Codes {
  const samples = attributes[0]?.of.length ?? 0;
  const firsts = attributes.map((_, a) => attributes.slice(0, a).reduce((sum, { values }) => sum + values.length, 0));
  const features = attributes.reduce((sum, { values }) => sum + values.length, 0);
  const starts = Uint32Array.from({ length: samples + 1 }, (_, row) => row * attributes.length);
  const indices = new Uint32Array(samples * attributes.length);
  attributes.forEach(({ of }, a) =>
    of.forEach((value, row) => (indices[row * attributes.length + a] = (firsts[a] as number) + value)),
  );
  return { features, starts, indices, values: new Float32Array(indices.length).fill(1) };
}

function forEachCode({ starts, indices }: Codes, visit: (row: number, feature: number) => void): void {
  for (let row = 0; row + 1 < starts.length; row++)
    for (let at = starts[row] as number; at < (starts[row + 1] as number); at++) visit(row, indices[at] as number);
}

/** C^T X [F D] */
function sumsByFeature(codes: Codes, centred: Rows): Float64Array {
  const sums = new Float64Array(codes.features * centred.width);
  forEachCode(codes, (row, feature) =>
    rowAt(centred, row).forEach((value, d) => {
      const place = feature * centred.width + d;
      sums[place] = (sums[place] as number) + value;
    }),
  );
  return sums;
}

function countsOf(codes: Codes): Float64Array {
  const counts = new Float64Array(codes.features);
  forEachCode(codes, (_, feature) => (counts[feature] = (counts[feature] as number) + 1));
  return counts;
}

function conditionalMeans(codes: Codes, centred: Rows): Float32Array {
  const counts = countsOf(codes);
  const share = (i: number) => Math.max(1, counts[Math.floor(i / centred.width)] as number);
  return Float32Array.from(sumsByFeature(codes, centred), (sum, i) => sum / share(i));
}

function leastSquares(codes: Codes, centred: Rows): Float32Array {
  const together = Matrix.zeros(codes.features, codes.features);
  for (let row = 0; row + 1 < codes.starts.length; row++) {
    const active = codes.indices.subarray(codes.starts[row], codes.starts[row + 1]);
    for (const i of active) for (const j of active) together.set(i, j, together.get(i, j) + 1);
  }
  const sums = Matrix.from1DArray(codes.features, centred.width, [...sumsByFeature(codes, centred)]);
  return Float32Array.from(symmetricPseudoInverse(together).mmul(sums).to1DArray());
}

/** Directions whose eigenvalue is rounding are left out: values of an attribute add up to 1, so some always are. */
function symmetricPseudoInverse(matrix: Matrix): Matrix {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  const least = Math.max(...realEigenvalues) * 1e-10;
  const inverse = Matrix.diag(realEigenvalues.map((value) => (value > least ? 1 / value : 0)));
  return eigenvectorMatrix.mmul(inverse).mmul(eigenvectorMatrix.transpose());
}

interface Reading {
  /** [D F] */
  readonly matrix: Float32Array;
  /** [F] */
  readonly bias: Float32Array;
}

/** Ridge regression of each feature's 0 or 1 on x: W = (X^T X / n + e I)^-1 X^T C / n, b = E[C]. */
function reading(codes: Codes, centred: Rows): Reading {
  const { width } = centred;
  const n = countOf(centred);
  const x = Matrix.from1DArray(n, width, centred.data);
  const covariance = x.transpose().mmul(x).div(n);
  const shift = Math.max((covariance.trace() / width) * ridge, 1e-12);
  for (let d = 0; d < width; d++) covariance.set(d, d, covariance.get(d, d) + shift);
  const sums = Matrix.from1DArray(codes.features, width, [...sumsByFeature(codes, centred)]);
  const solved = new CholeskyDecomposition(covariance).solve(sums.transpose().div(n));
  return {
    matrix: Float32Array.from(solved.to1DArray()),
    bias: Float32Array.from(countsOf(codes), (count) => count / n),
  };
}

/** Weights before the first step. */
import { parseAxes } from '../../engine/graph/value.ts';
import type { Random } from '../../engine/tensor/random.ts';
import { kMeans } from '../kMeans.ts';
import { principalDirections } from '../principalDirections.ts';
import type { Rows } from '../rows.ts';
import { countOf, geometricMedian, lessCentre, meanRow, rowsAt } from '../rows.ts';
import type { VariantWeight } from '../variants/variant.ts';
import { planConstraints, projectValues } from './constraints.ts';
import { composedDecoder } from './decoderForm.ts';
import type { Plan } from './lossGraph.ts';
import { planWeights, weightShape } from './lossGraph.ts';
import { startThreshold } from './startThreshold.ts';
import type { StartSettings } from './trainingSettings.ts';

/** What starts are made from: rows of the data, the same less their centre, and the centre [D]. */
interface StartData {
  readonly sample: Rows;
  readonly centre: Float64Array;
  readonly centred: Rows;
}

/** Rows that centres of clusters are looked for in, at most. */
const clusteredRows = 4096;

/** The same sample and generator give the same weights; they are drawn in the order of the plan's weights. */
export async function startWeights(plan: Plan, sample: Rows, random: Random): Promise<Map<string, Float32Array>> {
  const data = startData(sample, plan.training.start);
  const weights = new Map<string, Float32Array>();
  const listed = planWeights(plan);
  // What reads as the decoder writes comes after the decoder is there, and thresholds after what reads.
  const kindsOf = (...kinds: readonly string[]) => listed.filter(({ start }) => kinds.includes(start.kind));
  const later = kindsOf('transposedDecoder', 'logThreshold');
  for (const weight of listed.filter((entry) => !later.includes(entry)))
    weights.set(weight.name, await started(weight, plan, data, random));
  setGain(weights, plan);
  for (const { name } of kindsOf('transposedDecoder')) weights.set(name, transposedDecoder(weights, plan));
  for (const { name, start } of later)
    if (start.kind === 'logThreshold') weights.set(name, logThreshold(weights, plan, data, start.active));
  constrain(weights, plan);
  return new Map(listed.map(({ name }) => [name, weights.get(name) as Float32Array] as const));
}

function startData(sample: Rows, { centre: kind }: StartSettings): StartData {
  const centre =
    kind === 'mean' ? meanRow(sample) : kind === 'median' ? geometricMedian(sample) : new Float64Array(sample.width);
  return { sample, centre, centred: lessCentre(sample, centre) };
}

async function started(
  weight: VariantWeight,
  plan: Plan,
  { centre, centred }: StartData,
  random: Random,
): Promise<Float32Array> {
  const { start } = weight;
  const shape = weightShape(weight, plan);
  const count = shape.reduce((product, size) => product * size, 1);
  const each = (value: (i: number) => number) => Float32Array.from({ length: count }, (_, i) => value(i));
  switch (start.kind) {
    case 'constant':
      return each(() => start.value);
    case 'uniform':
      return each(() => start.limit * (2 * random.next() - 1));
    case 'unit': {
      const data = each(() => random.normal());
      projectValues(data, parseAxes(weight.axes), shape, { ...start, weight: weight.name, constraint: 'sphere' });
      return data;
    }
    case 'directions':
      return directions(plan, centred, random);
    case 'samples':
      return rowsAt(centred, drawnRows(countOf(centred), shape[0] as number, random)).data;
    case 'clusters': {
      const rows = rowsAt(centred, drawnRows(countOf(centred), Math.min(clusteredRows, countOf(centred)), random));
      return (await kMeans(rows, shape[0] as number, random)).centres;
    }
    case 'oneHot': {
      const [, columns = 1] = shape;
      return each((i) => Number(i % columns === Math.floor(i / columns) % columns));
    }
    case 'centre':
      return each((i) => centre[i] as number);
    case 'transposedDecoder':
    case 'logThreshold':
      throw new RangeError(`${weight.name}: starts after the decoder`);
  }
}

/** Numbers of rows in a random order, beginning again where there are too few. */
function drawnRows(available: number, wanted: number, random: Random): number[] {
  const order = random.shuffled(Array.from({ length: available }, (_, i) => i));
  return Array.from({ length: wanted }, (_, i) => order[i % available] as number);
}

/** Rows in random directions of the wanted length; within the leading principal directions where that is asked for. */
async function directions({ size, training }: Plan, centred: Rows, random: Random): Promise<Float32Array> {
  const { width, features } = size;
  const { decoderNorm, subspace } = training.start;
  const data = new Float32Array(features * width);
  const isAnywhere = subspace === null || subspace >= width;
  const basis = isAnywhere ? null : (await principalDirections(centred, subspace)).directions;
  for (let feature = 0; feature < features; feature++) {
    const drawn = Float64Array.from({ length: basis === null ? width : (subspace as number) }, () => random.normal());
    const row = basis === null ? drawn : combined(drawn, basis, width);
    const length = Math.sqrt(row.reduce((sum, value) => sum + value ** 2, 0));
    data.set(
      row.map((value) => (decoderNorm * value) / length),
      feature * width,
    );
  }
  return data;
}

/** sum over i of weights_i basis_i */
function combined(weights: Float64Array, basis: Float64Array, width: number): Float64Array {
  const row = new Float64Array(width);
  weights.forEach((weight, i) => {
    for (let d = 0; d < width; d++) row[d] = (row[d] as number) + weight * (basis[i * width + d] as number);
  });
  return row;
}

function decoderOf(weights: ReadonlyMap<string, Float32Array>, { size }: Plan): Float32Array {
  return weights.get('W_dec') ?? composedDecoder(weights, size);
}

/** Mixtures of anchors start with rows of the wanted mean length. */
function setGain(weights: Map<string, Float32Array>, plan: Plan): void {
  const gain = weights.get('gain');
  if (gain === undefined) return;
  const rows: Rows = { width: plan.size.width, data: composedDecoder(weights, plan.size) };
  const lengths = Array.from({ length: countOf(rows) }, (_, i) =>
    Math.hypot(...rows.data.subarray(i * rows.width, (i + 1) * rows.width)),
  );
  const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
  gain[0] = Math.log(plan.training.start.decoderNorm / Math.max(mean, 1e-12));
}

/** [D F] */
function transposedDecoder(weights: ReadonlyMap<string, Float32Array>, plan: Plan): Float32Array {
  const { width, features } = plan.size;
  const decoder = decoderOf(weights, plan);
  return Float32Array.from(
    { length: decoder.length },
    (_, i) => decoder[(i % features) * width + Math.floor(i / features)] as number,
  );
}

/** [F] */
function logThreshold(
  weights: ReadonlyMap<string, Float32Array>,
  { size, subtractsBias }: Plan,
  { sample, centred }: StartData,
  active: number,
): Float32Array {
  const height = startThreshold(subtractsBias ? centred : sample, weights.get('W_enc') as Float32Array, active);
  return new Float32Array(size.features).fill(Math.log(height));
}

function constrain(weights: ReadonlyMap<string, Float32Array>, plan: Plan): void {
  const rules = planConstraints(plan);
  for (const weight of planWeights(plan))
    projectValues(
      weights.get(weight.name) as Float32Array,
      parseAxes(weight.axes),
      weightShape(weight, plan),
      rules.get(weight.name),
    );
}

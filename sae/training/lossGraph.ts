/** The scalar that training differentiates, with what is read of each batch besides it. */
import { GraphBuilder } from '../../engine/graph/builder.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import type { Value } from '../../engine/graph/value.ts';
import { parseAxes } from '../../engine/graph/value.ts';
import type { SettingTable, ValuesOf } from '../../engine/terms/settings.ts';
import { batchVariance } from '../variants/pieces.ts';
import type { DictionarySize, Forward, Variant, VariantWeight } from '../variants/variant.ts';
import { deadTerm } from './deadTerm.ts';
import { archetypalDecoder, formSizes, heldBy, withDecoderForm } from './decoderForm.ts';
import type { TrainingSettings } from './trainingSettings.ts';

/** Names of inputs and outputs; outputs per batch: */
export const names = {
  x: 'x',
  dead: 'dead',
  sparsity: 'sparsity',
  loss: 'loss',
  /** (1/B) sum |x^ - x|^2 */
  error: 'error',
  /** (1/B) sum |x - mean x|^2 */
  variance: 'variance',
  /** [F] samples on which each feature was active. */
  fired: 'fired',
  /** [B] |x^ - x|^2 of each sample. */
  rowErrors: 'rowErrors',
  /** [B D] */
  reconstruction: 'reconstruction',
} as const;

export const trackedName = (name: string) => `tracked.${name}`;

/** What the loss is the sum of; `auxiliary`: with what dead features get. */
export const lossPartNames = ['reconstruction', 'sparsity', 'auxiliary'] as const;
export type LossPartName = (typeof lossPartNames)[number];
export const partName = (part: LossPartName) => `part.${part}`;

/** What is trained: a kind of dictionary with its size and settings. */
export interface Plan {
  readonly variant: Variant;
  readonly size: DictionarySize;
  /** Of the variant, checked. */
  readonly settings: ValuesOf<SettingTable>;
  readonly training: TrainingSettings;
  readonly subtractsBias: boolean;
}

/** Weights of training, in the order in which they start. */
export function planWeights({ variant, size, settings, training }: Plan): readonly VariantWeight[] {
  return withDecoderForm(variant.weights(size, settings), training.decoder);
}

/** Sizes of a weight's axes. */
export function weightShape({ axes }: VariantWeight, { size, training }: Plan): number[] {
  const sizes = formSizes(training.decoder, size);
  return parseAxes(axes).map((axis) => sizes[axis] as number);
}

/** Names of the weights that change. */
export function changing(plan: Plan): string[] {
  const held = [...plan.training.frozen, ...heldBy(plan.training.decoder)];
  return planWeights(plan)
    .map(({ name }) => name)
    .filter((name) => !held.includes(name));
}

export interface LossGraph {
  readonly graph: Graph;
  /** Names of the scalars that are followed while training. */
  readonly tracked: readonly string[];
  /** Parts that this loss has. */
  readonly parts: readonly LossPartName[];
}

/** Inputs `x` [B D], `dead` [F], `sparsity`; the weights as parameters; outputs as in `names`, `part.*` and `tracked.*`. */
export function lossGraph(plan: Plan): LossGraph {
  const { variant, size, settings, training } = plan;
  const sizes = { ...formSizes(training.decoder, size), B: training.rows };
  const g = new GraphBuilder(variant.id, sizes);
  const x = g.input(names.x, 'B D');
  const weight = weightReader(g, plan);
  const forward = variant.loss(g, {
    x,
    rows: training.rows,
    size,
    settings,
    weight,
    subtractsBias: plan.subtractsBias,
    sparsity: g.input(names.sparsity, ''),
  });
  const variance = batchVariance(g, x);
  const parts = lossParts(g, plan, forward, { x, variance, weight });
  g.output(names.loss, [...parts.values()].reduce(g.add));
  for (const [part, value] of parts) g.output(partName(part), value);
  markReadings(g, forward, x, variance);
  return { graph: g.build(), tracked: [...forward.tracked.keys()], parts: [...parts.keys()] };
}

function weightReader(g: GraphBuilder, plan: Plan): (name: string) => Value {
  const stored = new Map(planWeights(plan).map(({ name, axes }) => [name, axes] as const));
  const parameter = (name: string): Value => {
    const axes = stored.get(name);
    if (axes === undefined) throw new RangeError(`${plan.variant.id}: no weight ${name}`);
    return g.parameter(name, axes);
  };
  if (plan.training.decoder.kind === 'free') return parameter;
  const decoder = archetypalDecoder(g, parameter);
  return (name) => (name === 'W_dec' ? decoder : parameter(name));
}

interface Totalled {
  readonly x: Value;
  readonly variance: Value;
  readonly weight: (name: string) => Value;
}

/** Reconstruction (as a share of the variance, where that is asked for), sparsity, auxiliary with what dead features get. */
function lossParts(
  g: GraphBuilder,
  { variant, training }: Plan,
  forward: Forward,
  { x, variance, weight }: Totalled,
): ReadonlyMap<LossPartName, Value> {
  const { reconstruction, sparsity, auxiliary } = forward.parts;
  const isShare = training.normalised ?? variant.normalised;
  const error = isShare ? g.divide(reconstruction, variance) : reconstruction;
  const { remedy } = training.dead;
  const term =
    remedy.kind === 'none'
      ? null
      : deadTerm(g, remedy, forward, { x, decoder: weight('W_dec'), dead: g.input(names.dead, 'F'), error }, variant);
  const besides = [auxiliary, term].filter((part) => part !== undefined && part !== null);
  return new Map<LossPartName, Value>([
    ['reconstruction', error],
    ...(sparsity === undefined ? [] : [['sparsity', sparsity] as const]),
    ...(besides.length === 0 ? [] : [['auxiliary', besides.reduce(g.add)] as const]),
  ]);
}

function markReadings(g: GraphBuilder, { codes, reconstruction, tracked }: Forward, x: Value, variance: Value): void {
  const rowErrors = g.sum(g.power(g.subtract(reconstruction, x), 2), 'D');
  g.output(names.reconstruction, reconstruction);
  g.output(names.rowErrors, rowErrors);
  g.output(names.error, g.mean(rowErrors, 'B'));
  g.output(names.variance, variance);
  g.output(names.fired, g.sum(g.toFloat(g.less(0, codes)), 'B'));
  for (const [name, value] of tracked) g.output(trackedName(name), value);
}

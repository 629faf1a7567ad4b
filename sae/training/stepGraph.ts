/** One step as one graph: loss, gradient, clipping, Adam, and constraints after the step. */
import { GraphBuilder } from '../../engine/graph/builder.ts';
import type { Sizes } from '../../engine/graph/builder.ts';
import { gradient, gradientName } from '../../engine/graph/gradient.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import type { Value } from '../../engine/graph/value.ts';
import { axisNames } from '../../engine/graph/value.ts';
import type { StepScalars } from '../../engine/train/adamW.ts';
import { adamW, clipFactor, gradientNorm } from '../../engine/train/adamW.ts';
import type { WeightConstraint } from '../variants/variant.ts';
import { planConstraints, projected, tangent } from './constraints.ts';
import type { LossPartName, Plan } from './lossGraph.ts';
import { changing, lossGraph } from './lossGraph.ts';

/** Names of inputs and outputs besides those of the loss. */
export const stepNames = {
  rate: 'learningRate',
  firstCorrection: 'firstCorrection',
  secondCorrection: 'secondCorrection',
  /** Length of the whole gradient before clipping, after what would change a sphere's radius was taken out of it. */
  norm: 'gradientNorm',
} as const;

export const firstMoment = (weight: string) => `first.${weight}`;
export const secondMoment = (weight: string) => `second.${weight}`;
export const next = (name: string) => `next.${name}`;

export interface StepGraph {
  readonly graph: Graph;
  readonly tracked: readonly string[];
  readonly parts: readonly LossPartName[];
  /** Names of the weights that change. */
  readonly changing: readonly string[];
}

/** The outputs of the loss, `gradientNorm`, and `next.*` of every weight that changes and of its moments. */
export function stepGraph(plan: Plan): StepGraph {
  const { graph, tracked, parts } = lossGraph(plan);
  const trained = changing(plan);
  const differentiated = gradient(graph, 'loss', trained, { mayStretch: () => false });
  return { graph: withUpdate(differentiated, plan, trained), tracked, parts, changing: trained };
}

function withUpdate(graph: Graph, plan: Plan, trained: readonly string[]): Graph {
  const g = GraphBuilder.from(graph, graph.name, (name) => !name.startsWith(gradientName('')));
  const rules = planConstraints(plan);
  const { optimiser } = plan.training;
  const scalars: StepScalars = {
    learningRate: g.input(stepNames.rate, ''),
    firstCorrection: g.input(stepNames.firstCorrection, ''),
    secondCorrection: g.input(stepNames.secondCorrection, ''),
  };
  const tangents = trained.map((name) => {
    const raw = graph.outputs.get(gradientName(name)) as Value;
    return tangent(g, raw, weightLike(g, name, raw), rules.get(name));
  });
  const norm = gradientNorm(g, tangents);
  g.output(stepNames.norm, norm);
  const factor = optimiser.clip === null ? null : clipFactor(g, norm, optimiser.clip);
  trained.forEach((name, i) => {
    const raw = tangents[i] as Value;
    update(g, name, factor === null ? raw : g.multiply(raw, factor), scalars, plan, rules.get(name));
  });
  return g.build();
}

function update(
  g: GraphBuilder,
  name: string,
  slope: Value,
  scalars: StepScalars,
  { training }: Plan,
  rule: WeightConstraint | undefined,
): void {
  const [axes, sizes] = [axisNames(slope.type).join(' '), fixedSizes(slope)];
  const moment = (input: string) => g.input(input, axes, 'float32', sizes);
  const [first, second] = [moment(firstMoment(name)), moment(secondMoment(name))];
  const weight = weightLike(g, name, slope);
  // Matrices decay, biases and thresholds don't.
  const decays = slope.type.axes.length > 1;
  const updated = adamW(g, { weight, gradient: slope, first, second }, scalars, training.optimiser, decays);
  g.output(next(name), projected(g, updated.weight, rule));
  g.output(next(firstMoment(name)), updated.first);
  g.output(next(secondMoment(name)), updated.second);
}

function weightLike(g: GraphBuilder, name: string, like: Value): Value {
  return g.parameter(name, axisNames(like.type).join(' '), fixedSizes(like));
}

function fixedSizes({ type }: Value): Sizes {
  return Object.fromEntries(type.axes.map(({ axis, size }) => [axis, size as number]));
}

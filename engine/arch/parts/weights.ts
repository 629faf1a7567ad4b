/** Weights as data: a stored tensor with the axes it is read with, and the walk that finds all of them in a description. */
import type { AxisList } from '../../terms/axes.ts';
import type { Sizes } from '../../graph/builder.ts';
import type { Value } from '../../graph/value.ts';
import { axisNames, parseAxes } from '../../graph/value.ts';
import type { ProgramContext, WeightSource, Weights } from '../architecture.ts';

/** One weight of a program: `name` is its parameter's, unique in the program. */
export interface Weight {
  readonly kind: 'weight';
  readonly name: string;
  readonly source: WeightSource;
}

/** x W + b; the weight's axes say which axis of x is summed. */
export interface Linear {
  readonly weight: Weight;
  readonly bias: Weight | null;
}

export interface WeightOptions {
  /** Sizes that differ from the model's. */
  readonly sizes?: Sizes;
  readonly rows?: readonly [from: number, to: number];
  readonly start?: number;
  readonly apart?: true;
}

/** Names a weight under its prefix. */
export type Namer = (name: string, axes: AxisList, options?: WeightOptions) => Weight;

/** Weights whose checkpoint names start with one of `prefixes` (they differ between savings of one family). */
export function namer(prefixes: readonly string[], sizes: Sizes): Namer {
  return (name, axes, options = {}) => ({
    kind: 'weight',
    name: options.rows === undefined ? name : `${name}[${options.rows.join(':')}]`,
    source: {
      tensors: prefixes.map((prefix) => `${prefix}${name}`),
      axes: sizedAxes(axes, { ...sizes, ...options.sizes }),
      ...(options.rows === undefined ? {} : { rows: options.rows }),
      ...(options.start === undefined ? {} : { start: options.start }),
      ...(options.apart === undefined ? {} : { apart: options.apart }),
    },
  });
}

/** `namer` for one layer: `layers('model.layers.{l}.')(3)`. */
export function layerNamer(prefixes: readonly string[], sizes: Sizes): (layer: number) => Namer {
  return (layer) =>
    namer(
      prefixes.map((prefix) => prefix.replace('{l}', String(layer))),
      sizes,
    );
}

/** Weight and, where the family has one, bias of a projection: `name.weight`, `name.bias`. */
export function linearOf(
  weights: Namer,
  name: string,
  axes: AxisList,
  bias: AxisList | null,
  options: WeightOptions = {},
): Linear {
  return {
    weight: weights(`${name}.weight`, axes, options),
    bias: bias === null ? null : weights(`${name}.bias`, bias, { ...options, start: 0 }),
  };
}

/** Every weight in a description (plain nested data), by parameter name. */
export function weightsIn(description: unknown): Weights {
  const found: Record<string, WeightSource> = {};
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    if (isWeight(part)) found[part.name] = part.source;
    else Object.values(part).forEach(visit);
  };
  visit(description);
  return found;
}

/** The parameter of a weight. */
export function parameterOf(context: ProgramContext, weight: Weight): Value {
  const { axes } = weight.source;
  const sizes: Sizes = Object.fromEntries(axes.map(({ axis, size }) => [axis, size]));
  return context.weight(weight.name, axes.map(({ axis }) => axis).join(' '), sizes);
}

/** sum over the shared axis of x w, plus bias: [.. D] and [.. D ..] -> `axes`. */
export function applyLinear(context: ProgramContext, x: Value, linear: Linear, axes: AxisList): Value {
  const product = context.g.contract(x, parameterOf(context, linear.weight), axes);
  return linear.bias === null ? product : context.g.add(product, parameterOf(context, linear.bias));
}

/** Axes of a weight without `summed`, as in the activation that it makes. */
export function activationAxes(x: Value, weight: Weight, summed: AxisList): AxisList {
  const kept = axisNames(x.type).filter((axis) => axis !== summed);
  const made = weight.source.axes.map(({ axis }) => axis).filter((axis) => axis !== summed);
  return [...kept, ...made].join(' ');
}

function sizedAxes(list: AxisList, sizes: Sizes): WeightSource['axes'] {
  return parseAxes(list).map((axis) => {
    const size = sizes[axis];
    if (size === undefined) throw new RangeError(`a weight's axis ${axis} has no size`);
    return { axis, size };
  });
}

function isWeight(part: object): part is Weight {
  return 'kind' in part && part.kind === 'weight';
}

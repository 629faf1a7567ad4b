/**
 * Expressions that ONNX Runtime has one kernel for: norms, GELU and SiLU. Each costs one pass over memory instead of
 * four to nine. The table's own lowering of the same expression stays right; this is only faster.
 */
import type { Axis } from '../terms/axes.ts';
import type { Graph } from './graph.ts';
import type { Lowering } from './lowering.ts';
import type { NodeOptions } from './onnxWriter.ts';
import type { Match, Pattern } from './pattern.ts';
import { either, noMatch, operation, scalar, value } from './pattern.ts';
import type { ValueType } from './value.ts';
import { axisNames, hasAxis, sizeOfAxis } from './value.ts';
import type { Dimension, View } from './view.ts';
import { factorsOf, factorsOfAll, leadingDimensions } from './view.ts';

/** How one definition is lowered from others than its own inputs. */
export interface Fusion {
  readonly inputs: readonly number[];
  lower(to: Lowering, inputs: readonly View[], type: ValueType): View;
}

/** The fusion whose result this definition is, or null. */
export function fusionAt(graph: Graph, id: number): Fusion | null {
  return layerNormAt(graph, id) ?? rmsNormAt(graph, id) ?? activationAt(graph, id);
}

// Activations.

const x = value('x');
const one = scalar('one', 1);
const half = scalar('half', 0.5);

// x * 0.5 * (1 + erf(x / sqrt 2)), the three factors in any order.
const erfTerm = operation(
  'add',
  operation(
    'erf',
    either(operation('divide', x, scalar('root', Math.SQRT2)), operation('multiply', x, scalar('root', Math.SQRT1_2))),
  ),
  one,
);
const gelu = threeFactors(x, half, erfTerm);

// x * 0.5 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3)))
const cubic = operation('add', x, operation('multiply', operation('power', x), scalar('cubic', 0.044715)));
const tanhTerm = operation(
  'add',
  operation('tanh', operation('multiply', cubic, scalar('slope', Math.sqrt(2 / Math.PI)))),
  one,
);
const fastGelu = threeFactors(x, half, tanhTerm);

const silu = operation('multiply', x, operation('sigmoid', x));
const quickGelu = operation('multiply', x, operation('sigmoid', operation('multiply', x, scalar('alpha'))));

function threeFactors(a: Pattern, b: Pattern, c: Pattern): Pattern {
  const pairs: readonly (readonly [Pattern, Pattern, Pattern])[] = [
    [a, b, c],
    [a, c, b],
    [b, c, a],
  ];
  return either(
    ...pairs.map(([first, second, last]) => operation('multiply', operation('multiply', first, second), last)),
  );
}

function activationAt(graph: Graph, id: number): Fusion | null {
  const find = (pattern: Pattern) => pattern(graph, id, noMatch);
  const exact = find(gelu);
  if (exact !== null) return onX(exact, 'Gelu', {});
  const approximate = find(fastGelu);
  if (approximate !== null && exponentOf(approximate) === 3) return onX(approximate, 'FastGelu', {});
  const sigmoid = find(silu) ?? find(quickGelu);
  return sigmoid === null ? null : onX(sigmoid, 'QuickGelu', { alpha: { float: sigmoid.numbers['alpha'] ?? 1 } });
}

function exponentOf(match: Match): number {
  return (match.attributes['power'] as { readonly exponent: number }).exponent;
}

/** An operator of com.microsoft on x, in the form that x is stored in. */
function onX(match: Match, operator: string, attributes: NonNullable<NodeOptions['attributes']>): Fusion {
  return {
    inputs: [match.values['x'] as number],
    lower: (to, [input]) => {
      const view = input as View;
      const name = to.node(operator, [to.read(view, view.dimensions)], { attributes, domain: 'com.microsoft' });
      return { ...view, scale: 1, source: { kind: 'tensor', name } };
    },
  };
}

// Norms.

const squared = (pattern: Pattern) => either(operation('power', pattern), operation('multiply', pattern, pattern));
const root = (pattern: Pattern) =>
  operation('sqrt', operation('add', operation('mean', squared(pattern)), scalar('epsilon')));
const centred = operation('subtract', x, operation('mean', x));
const rmsCore = operation('divide', x, root(x));
const layerCore = operation('divide', centred, root(centred));
const scaled = (core: Pattern) => operation('multiply', core, value('weight'));
const shifted = (core: Pattern) => operation('add', scaled(core), value('bias'));

function rmsNormAt(graph: Graph, id: number): Fusion | null {
  return normAt(graph, id, [scaled(rmsCore), rmsCore], 'SimplifiedLayerNormalization');
}

function layerNormAt(graph: Graph, id: number): Fusion | null {
  return normAt(graph, id, [shifted(layerCore), scaled(layerCore), layerCore], 'LayerNormalization');
}

function normAt(graph: Graph, id: number, patterns: readonly Pattern[], operator: string): Fusion | null {
  for (const pattern of patterns) {
    const match = pattern(graph, id, noMatch);
    const over = match === null ? [] : (match.attributes['mean'] as { readonly over: readonly Axis[] }).over;
    if (match !== null && isNorm(graph, match, over)) return normFusion(match, operator, over);
  }
  return null;
}

/** The power is 2, the norm's axes have fixed sizes, and weight and bias have just those axes and sizes. */
function isNorm(graph: Graph, match: Match, over: readonly Axis[]): boolean {
  if ('power' in match.attributes && exponentOf(match) !== 2) return false;
  const typeOf = (name: string) => graph.definitions[match.values[name] ?? -1]?.type;
  const x = typeOf('x') as ValueType;
  const sizes = over.map((axis) => sizeOfAxis(x, axis));
  const fits = (type: ValueType) =>
    type.axes.length === over.length &&
    over.every((axis, i) => hasAxis(type, axis) && sizeOfAxis(type, axis) === sizes[i]);
  const vectors = [typeOf('weight'), typeOf('bias')].filter((type) => type !== undefined);
  return !sizes.includes('dynamic') && vectors.every(fits);
}

function normFusion({ values, numbers }: Match, operator: string, over: readonly Axis[]): Fusion {
  const operands = [values['x'], values['weight'], values['bias']].filter((id) => id !== undefined);
  return {
    inputs: operands,
    lower: (to, [input, weight, bias], type) => {
      const view = input as View;
      const inner = over.length === 1 ? over : axisNames(type).filter((axis) => over.includes(axis));
      const columns = factorsOfAll(view, inner);
      const leading = leadingDimensions(
        view,
        axisNames(type).filter((axis) => !over.includes(axis)),
      );
      const vectors = [weight, bias]
        .filter((entry) => entry !== undefined)
        .map((entry) => to.read(entry, [factorsOfAll(entry, inner)]));
      const gains = vectors.length === 0 ? [ones(to, columns)] : vectors;
      const attributes = { axis: -1, epsilon: { float: numbers['epsilon'] as number } };
      const name = to.node(operator, [to.read(view, [...leading, columns]), ...gains], { attributes });
      return {
        ...view,
        scale: 1,
        source: { kind: 'tensor', name },
        dimensions: [...leading, columns],
        axes: inAxesOf(view, type),
      };
    },
  };
}

function ones(to: Lowering, columns: Dimension): string {
  const size = columns.reduce((product, factor) => product * (factor.size === 'dynamic' ? NaN : factor.size), 1);
  if (Number.isNaN(size)) throw new RangeError('lower: a norm over an axis of dynamic size');
  return to.writer.floats(Array<number>(size).fill(1), [size]);
}

function inAxesOf(view: View, type: ValueType): View['axes'] {
  return type.axes.map(({ axis }) => ({ axis, factors: factorsOf(view, axis) }));
}

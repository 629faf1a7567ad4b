/** Constraints on vectors of weights: what happens to a gradient before the step, and to a weight after it (spec E.3). */
import type { GraphBuilder } from '../../engine/graph/builder.ts';
import type { Value } from '../../engine/graph/value.ts';
import type { WeightConstraint } from '../variants/variant.ts';
import { formConstraints } from './decoderForm.ts';
import type { Plan } from './lossGraph.ts';

// A vector of zeros stays one instead of becoming NaN.
const shortest = 1e-8;

/** The constraint of each weight that has one. */
export function planConstraints({ variant, settings, training }: Plan): ReadonlyMap<string, WeightConstraint> {
  const own = variant.constraints?.(settings) ?? [];
  const form = formConstraints(training.decoder);
  const rows: WeightConstraint = {
    weight: 'W_dec',
    along: 'D',
    constraint: training.constraint ?? variant.constraint,
  };
  const isFree = training.decoder.kind === 'free' && !own.some(({ weight }) => weight === 'W_dec');
  return new Map([...(isFree ? [rows] : []), ...own, ...form].map((entry) => [entry.weight, entry] as const));
}

/** On a sphere: g - (g . w / |w|^2) w, the part that does not change the length; else the gradient as it is. */
export function tangent(g: GraphBuilder, gradient: Value, weight: Value, rule: WeightConstraint | undefined): Value {
  if (rule?.constraint !== 'sphere') return gradient;
  const square = g.maximum(g.sum(g.power(weight, 2), rule.along), shortest ** 2);
  const along = g.divide(g.sum(g.multiply(gradient, weight), rule.along), square);
  return g.subtract(gradient, g.multiply(weight, along));
}

/** sphere: r w / max(|w|, 1e-8); ball: w / max(1, |w| / r); simplex: max(w, 0) / sum max(w, 0). */
export function projected(g: GraphBuilder, weight: Value, rule: WeightConstraint | undefined): Value {
  if (rule === undefined || rule.constraint === 'free') return weight;
  if (rule.constraint === 'simplex') {
    const positive = g.relu(weight);
    return g.divide(positive, g.maximum(g.sum(positive, rule.along), shortest));
  }
  const radius = rule.radius ?? 1;
  const length = g.sqrt(g.sum(g.power(weight, 2), rule.along));
  return rule.constraint === 'sphere'
    ? g.multiply(g.divide(weight, g.maximum(length, shortest)), radius)
    : g.divide(weight, g.maximum(g.multiply(length, 1 / Math.max(radius, shortest)), 1));
}

/** The same projection of a weight in memory, in place, for what is not made by a step. `shape`: sizes of its axes. */
export function projectValues(
  data: Float32Array,
  axes: readonly string[],
  shape: readonly number[],
  rule: WeightConstraint | undefined,
): void {
  if (rule === undefined || rule.constraint === 'free') return;
  const place = axes.indexOf(rule.along);
  const stride = shape.slice(place + 1).reduce((product, size) => product * size, 1);
  const length = shape[place] ?? 1;
  for (let start = 0; start < data.length; start++) {
    if (Math.floor(start / stride) % length !== 0) continue;
    projectVector(data, start, stride, length, rule);
  }
}

function projectVector(
  data: Float32Array,
  start: number,
  stride: number,
  length: number,
  { constraint, radius = 1 }: WeightConstraint,
): void {
  const places = Array.from({ length }, (_, i) => start + i * stride);
  const values = places.map((at) => data[at] as number);
  if (constraint === 'simplex') {
    const total = values.reduce((sum, value) => sum + Math.max(value, 0), 0);
    places.forEach((at, i) => (data[at] = Math.max(values[i] as number, 0) / Math.max(total, shortest)));
    return;
  }
  const norm = Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0));
  const divisor =
    constraint === 'sphere' ? Math.max(norm, shortest) / radius : Math.max(1, norm / Math.max(radius, shortest));
  places.forEach((at, i) => (data[at] = (values[i] as number) / divisor));
}

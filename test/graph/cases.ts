/** Cases for the contract suite: for each primitive, operands of named axes and what is built from them. */
import type { GraphBuilder, Sizes } from '../../engine/graph/builder.ts';
import type { PrimitiveName } from '../../engine/graph/primitives.ts';
import type { DType, Value } from '../../engine/graph/value.ts';
import type { Random } from '../../engine/tensor/random.ts';
import type { Dense } from '../../engine/graph/dense.ts';
import type { Axis } from '../../engine/terms/axes.ts';

export interface Operand {
  /** `'B?3 P?1 D4'`: run-time sizes; `?` makes the axis dynamic in the graph. */
  readonly axes: string;
  readonly dtype: DType;
  readonly as: 'input' | 'parameter' | 'constant';
  readonly draw: (random: Random) => number;
}

export interface Case {
  readonly operands: readonly Operand[];
  /** The gradient needs a fixed size that is dynamic here. */
  readonly forwardOnly?: true;
  readonly build: (g: GraphBuilder, values: readonly Value[]) => Value;
}

export const floats = (axes: string, as: Operand['as'] = 'input'): Operand => ({
  axes,
  dtype: 'float32',
  as,
  draw: (random) => random.normal(),
});
export const positive = (axes: string): Operand => ({ ...floats(axes), draw: (random) => 0.5 + random.next() });
export const small = (axes: string): Operand => ({ ...floats(axes), draw: (random) => random.below(3) - 1 });
export const ids = (axes: string, below: number): Operand => ({
  axes,
  dtype: 'int64',
  as: 'input',
  draw: (random) => random.below(below),
});

export interface ParsedAxis {
  readonly axis: Axis;
  readonly size: number;
  readonly isDynamic: boolean;
}

function parseOperand(axes: string): ParsedAxis[] {
  return axes
    .split(' ')
    .filter((part) => part !== '')
    .map((part) => ({
      axis: part[0] as Axis,
      size: Number(part.slice(1).replace('?', '')),
      isDynamic: part[1] === '?',
    }));
}

export function drawOperand(operand: Operand, random: Random): Dense {
  const axes = parseOperand(operand.axes).map(({ axis, size }) => ({ axis, size }));
  const count = axes.reduce((product, { size }) => product * size, 1);
  // Rounded to float32, so that both sides start from the same numbers.
  return { axes, data: Float64Array.from({ length: count }, () => Math.fround(operand.draw(random))) };
}

export function define(g: GraphBuilder, operand: Operand, name: string, value: Dense): Value {
  const parsed = parseOperand(operand.axes);
  const list = parsed.map(({ axis }) => axis).join(' ');
  const sizes: Sizes = Object.fromEntries(
    parsed.filter(({ isDynamic }) => !isDynamic).map(({ axis, size }) => [axis, size]),
  );
  if (operand.as === 'constant') return g.constant([...value.data], list, sizes);
  if (operand.as === 'parameter') return g.parameter(name, list, sizes);
  return g.input(name, list, operand.dtype, sizes);
}

type Build = (g: GraphBuilder, values: readonly [Value, Value, Value]) => Value;

export function make(operands: readonly Operand[], build: Build): Case {
  return { operands, build: (g, values) => build(g, values as readonly [Value, Value, Value]) };
}

function forwardOnly(item: Case): Case {
  return { ...item, forwardOnly: true };
}

/** Broadcasting in every way that programs use: suffixes, gaps, other orders, size 1 fixed and dynamic, unions, scalars. */
const pairs: readonly (readonly [string, string])[] = [
  ['B?2 P?3 D4', 'B?2 P?3 D4'],
  ['B?2 P?3 D4', 'D4'],
  ['D4', 'B?2 P?3 D4'],
  ['B?2 P?3 D4', 'B?2'],
  ['B?2 P?3 D4', 'P?3'],
  ['B?2 P?3 D4', 'B?1 P?1 D?1'],
  ['B?1 P?1 D4', 'B?2 P?3 D4'],
  ['B?1 D?1', 'B?2 P?3 D4'],
  ['B?2 N3 P?4 K?5', 'B?2 P?4 K?5'],
  ['B?2 N3 P?4 K?5', 'P?4 N3'],
  ['B?2 P?3 D4', 'D4 P?3'],
  ['B?2 P?3', 'N2 P?3'],
  ['B?2 P1 D4', 'B?2 P?3 D4'],
  ['B?2 P?3 D4', ''],
  ['', ''],
];

const binary = (
  name: 'add' | 'subtract' | 'multiply' | 'divide' | 'maximum' | 'minimum',
  second: (axes: string) => Operand = floats,
): Case[] => [
  ...pairs.map(([a, b]) => make([floats(a), second(b)], (g, [x, y]) => g[name](x, y))),
  make([floats('B?2 P?3 D4'), floats('D4', 'parameter')], (g, [x, y]) => g[name](x, y)),
  make([floats('B?2 P?3 D4'), floats('P1 D4', 'constant')], (g, [x, y]) => g[name](x, y)),
  make([floats('B?2 P1 D4'), { ...second('P3 D4'), as: 'parameter' }], (g, [x, y]) => g[name](x, y)),
  // On a view: the product's columns are N H, the bias is added to them as they are.
  make([floats('B?2 P?3 D4'), floats('N2 H3 D4', 'parameter'), second('N2 H3')], (g, [x, w, b]) =>
    g[name](g.contract(x, w, 'B P N H'), b),
  ),
  make([floats('B?2 P?3 D4'), floats('N2 H3 D4', 'parameter'), second('B?2 N2 P?1')], (g, [x, w, b]) =>
    g[name](g.contract(x, w, 'B N P H'), b),
  ),
  make([floats('B?2 P?3 N6 H2'), second('G2 R3')], (g, [x, b]) => g[name](g.split(x, 'N', 'G R', { G: 2, R: 3 }), b)),
  make([floats('B?2 P?3 N2 H3'), second('M6')], (g, [x, b]) => g[name](g.merge(x, 'N H', 'M'), b)),
];

const compare = (name: 'less' | 'equal'): Case[] =>
  pairs.map(([a, b]) => make([small(a), small(b)], (g, [x, y]) => g.toFloat(g[name](x, y))));

const shapes = ['B?2 P?3 D4', '', 'D5', 'B?1 N2'];
type Unary =
  'negate' | 'exp' | 'log' | 'sqrt' | 'tanh' | 'erf' | 'sigmoid' | 'relu' | 'abs' | 'sin' | 'cos' | 'stopGradient';
const unary = (name: Unary, operand: (axes: string) => Operand = floats): Case[] => [
  ...shapes.map((axes) => make([operand(axes)], (g, [x]) => g[name](x))),
  make([operand('B?2 P?3 N2 H3')], (g, [x]) => g[name](g.merge(g.transpose(x, 'B N P H'), 'N P', 'K'))),
];

const reduction = (name: 'sum' | 'mean' | 'max'): Case[] => [
  make([floats('B?2 P?3 D4')], (g, [x]) => g[name](x, 'D')),
  make([floats('B?2 P?3 D4')], (g, [x]) => g[name](x, 'B D')),
  make([floats('B?2 P?3 D4')], (g, [x]) => g[name](x, 'P D B')),
  make([floats('B?2 P?1 D1')], (g, [x]) => g[name](x, 'D')),
  make([floats('B?2 P?3 D6')], (g, [x]) => g[name](g.split(x, 'D', 'N H', { N: 2, H: 3 }), 'N')),
  make([floats('B?2 P?3 N2 H3')], (g, [x]) => g[name](g.merge(x, 'N H', 'D'), 'D')),
  make([floats('B?2 P?3 N2 H3')], (g, [x]) => g[name](g.transpose(x, 'B N P H'), 'P')),
];

const normaliser = (name: 'softmax' | 'logSoftmax'): Case[] => [
  make([floats('B?2 N3 P?4 K?5')], (g, [x]) => g[name](x, 'K')),
  make([floats('B?2 N3 P?4 K?5')], (g, [x]) => g[name](x, 'N')),
  make([floats('B?2 N3 P?4 K?1')], (g, [x]) => g[name](x, 'K')),
  make([floats('B?2 P?3 G2 R3 H4'), floats('B?2 K?5 G2 H4')], (g, [q, k]) =>
    g[name](g.merge(g.contract(q, k, 'B G R P K'), 'G R', 'N'), 'K'),
  ),
];

/** Operands and result axes of products. */
const products: readonly (readonly [Operand, Operand, string])[] = [
  [floats('B?2 P?3 D4'), floats('M5 D4', 'parameter'), 'B P M'],
  [floats('B?2 P?3 D4'), floats('D4 M5', 'parameter'), 'B P M'],
  [floats('M5 D4', 'parameter'), floats('B?2 P?3 D4'), 'B P M'],
  [floats('B?2 P?3 D4'), floats('N2 H3 D4', 'parameter'), 'B P N H'],
  [floats('B?2 P?3 D4'), floats('N2 H3 D4', 'parameter'), 'B N P H'],
  [floats('B?2 P?3 D4'), floats('D4 C3 N2 H2', 'parameter'), 'C B P N H'],
  [floats('B?2 P?3 D4'), floats('N2 D4 H3', 'parameter'), 'B P N H'],
  [floats('B?2 P?3 N2 H3'), floats('D4 N2 H3', 'parameter'), 'B P D'],
  [floats('B?2 P?3 N2 H3'), floats('N2 H3 D4', 'parameter'), 'B P D'],
  [floats('B?2 N2 P?3 H3'), floats('N2 H3 D4', 'parameter'), 'B P D'],
  [floats('B?2 P?3 N2 H3'), floats('H3 D4 N2', 'parameter'), 'B P D'],
  [floats('B?2 P?3 N2 H3'), floats('D4 N2 H3', 'parameter'), 'B P N D'],
  [floats('B?2 P?3 N2 H3'), floats('N2 H3 D4', 'parameter'), 'B P N D'],
  [floats('B?2 P?3 N2 H4'), floats('B?2 K?5 N2 H4'), 'B N P K'],
  [floats('B?2 P?3 G2 R3 H4'), floats('B?2 K?5 G2 H4'), 'B G R P K'],
  [floats('B?2 P?3 G2 R3 H4'), floats('B?2 G2 K?5 H4'), 'B G R P K'],
  [floats('B?2 G2 R3 P?3 K?5'), floats('B?2 G2 K?5 H4'), 'B P G R H'],
  [floats('B?2 G2 R3 P?3 K?5'), floats('B?2 K?5 G2 H4'), 'B G R P H'],
  [floats('B?2 K?5 N2 H4'), floats('B?2 P?3 N2 H4'), 'B N P K'],
  [floats('B?2 P?1 N2 H4'), floats('B?1 K?5 N2 H4'), 'B N P K'],
  [floats('B?1 P?3 N2 H4'), floats('B?2 K?5 N1 H4'), 'B N P K'],
  [floats('B?2 P?3 D4'), floats('B?2 P?3 M5'), 'D M'],
  [floats('B?2 P?3 D4'), floats('B?2 P?3 M5'), 'M D'],
  [floats('B?2 P?3 D4'), floats('D4'), 'B P'],
  [floats('D4'), floats('B?2 P?3 D4'), 'B P'],
  [floats('D4'), floats('D4'), ''],
  [floats('D4'), floats('M5 D4', 'parameter'), 'M'],
  [floats('B?2'), floats('D4'), 'B D'],
  [floats('B?2 P?3 K?4'), floats('B?2 P?3 K?4'), 'B P'],
  [floats('B?2 P?3 D4'), floats('B?2 P?3 D4'), 'D B P'],
  [floats('N2 H3 D4', 'parameter'), floats('N2 H3 M4', 'parameter'), 'N D M'],
];

const attention = (g: GraphBuilder, [q, k]: readonly Value[]): Value => {
  const grouped = g.split(q as Value, 'N', 'G R', { G: 2, R: 3 });
  const scores = g.merge(g.contract(grouped, k as Value, 'B G R P K'), 'G R', 'N');
  return g.contract(g.softmax(scores, 'K'), g.split(k as Value, 'H', 'C H', { C: 2, H: 2 }), 'B N P G C H');
};

const turning: readonly (readonly [string, string])[] = [
  ['B?2 P?3 N2 H8', 'B?2 P?3 J4'],
  ['B?2 P?3 N2 H8', 'B1 P?3 J4'],
  ['P?3 B?2 N2 H8', 'B?2 P?3 J4'],
  ['B?2 P?3 H8', 'B?2 P?3 J3'],
  ['B?2 P?3 N2 H8', 'P?3 J4'],
  ['B?2 N2 P?3 H8', 'B?2 P?3 J4'],
  ['B?2 P?3 N2 H8', 'B?2 P?3 J2'],
  ['P?3 H8', 'P1 J3'],
  ['B?1 P?1 G1 H8', 'B?1 P?1 J4'],
];

export const cases: { readonly [P in PrimitiveName]: readonly Case[] } = {
  add: binary('add'),
  subtract: binary('subtract'),
  multiply: binary('multiply'),
  divide: binary('divide', positive),
  maximum: binary('maximum'),
  minimum: binary('minimum'),
  less: compare('less'),
  equal: [...compare('equal'), make([ids('B?2 P?3', 3), ids('B?2 K?4', 3)], (g, [a, b]) => g.toFloat(g.equal(a, b)))],
  where: [
    make([small('B?2 N3 P?4 K?5'), floats('B?2 N3 P?4 K?5'), floats('')], (g, [c, a, b]) =>
      g.where(g.less(c, 0), a, b),
    ),
    make([small('P?4 K?5'), floats('B?2 N3 P?4 K?5'), floats('B?2')], (g, [c, a, b]) => g.where(g.less(c, 0), a, b)),
    make([small('B?2 P?1'), floats('P?3'), floats('B?2')], (g, [c, a, b]) => g.where(g.less(c, 0), a, b)),
  ],
  negate: unary('negate'),
  exp: unary('exp'),
  log: unary('log', positive),
  sqrt: unary('sqrt', positive),
  tanh: unary('tanh'),
  erf: [...unary('erf'), make([{ ...floats('D40'), draw: (random) => 4 * random.normal() }], (g, [x]) => g.erf(x))],
  sigmoid: unary('sigmoid'),
  relu: unary('relu'),
  abs: unary('abs'),
  sin: unary('sin'),
  cos: unary('cos'),
  power: [-1, -0.5, 0.5, 2, 3, 1.5].map((exponent) => make([positive('B?2 D4')], (g, [x]) => g.power(x, exponent))),
  toFloat: [
    make([ids('B?2 P?3', 9)], (g, [x]) => g.toFloat(x)),
    make([small('B?2 P?3')], (g, [x]) => g.toFloat(g.less(x, 0))),
  ],
  stopGradient: unary('stopGradient'),
  step: [
    make([small('B?2 P?3')], (g, [x]) => g.step(x, 'straightThrough')),
    make([floats('B?2 P?3')], (g, [x]) => g.step(x, { rectangleWidth: 0.5 })),
  ],

  contract: [
    ...products.map(([a, b, axes]) => make([a, b], (g, [x, y]) => g.contract(x, y, axes))),
    make([floats('B?2 P?3 N6 H4'), floats('B?2 K?5 G2 H4')], (g, values) => attention(g, values)),
    make([floats('B?2 P?3 D4'), floats('N6 H4 D4', 'parameter'), floats('B?2 G2 K?5 H4')], (g, [x, w, k]) =>
      attention(g, [g.contract(x, w, 'B P N H'), k]),
    ),
    make([floats('B?2 P?3 D4'), floats('N6 H4 D4', 'parameter')], (g, [x, w]) =>
      g.contract(g.multiply(g.contract(x, w, 'B P N H'), 0.5), w, 'B P D'),
    ),
    make([floats('B?2 P?3 N2 H4'), floats('B?2 K?5 N2 H4')], (g, [q, k]) =>
      g.contract(g.multiply(q, 0.5), g.multiply(g.transpose(k, 'B N K H'), 3), 'B N P K'),
    ),
  ],
  sum: reduction('sum'),
  mean: reduction('mean'),
  max: reduction('max'),
  softmax: normaliser('softmax'),
  logSoftmax: normaliser('logSoftmax'),

  largest: [
    make([floats('B?2 P?3 D6')], (g, [x]) => g.toFloat(g.largest(x, 'D', 2))),
    make([small('B?2 P?3 D6')], (g, [x]) => g.toFloat(g.largest(x, 'D', 3))),
    make([floats('B?4 F5')], (g, [x]) => g.toFloat(g.largest(x, 'B F', 7))),
    make([small('B4 F5')], (g, [x]) => g.where(g.largest(x, 'F B', 7), 2, 3)),
    make([floats('F?5 B?4')], (g, [x]) => g.toFloat(g.largest(x, 'F', 9))),
    make([floats('B?2 P?3 N2 H3')], (g, [x]) => g.toFloat(g.largest(g.merge(x, 'N H', 'F'), 'P F', 4))),
    make([floats('F5')], (g, [x]) => g.toFloat(g.largest(x, 'F', 1))),
  ],
  argMax: [
    make([floats('B?2 P?3 D6')], (g, [x]) => g.toFloat(g.argMax(x, 'D'))),
    make([small('B?2 P?3 D6')], (g, [x]) => g.toFloat(g.argMax(x, 'P'))),
    make([small('D6')], (g, [x]) => g.toFloat(g.argMax(x, 'D'))),
    make([floats('B?2 N2 H3'), floats('F6 M2', 'parameter')], (g, [x, rows]) =>
      g.gather(g.stopGradient(rows), g.argMax(g.merge(x, 'N H', 'F'), 'F'), 'F'),
    ),
  ],

  gather: [
    make([floats('V7 D4', 'parameter'), ids('B?2 P?3', 7)], (g, [table, i]) => g.gather(table, i, 'V')),
    make([floats('V7 N2 H3', 'parameter'), ids('B?2 P?1', 7)], (g, [table, i]) => g.gather(table, i, 'V')),
    make([floats('V7', 'parameter'), ids('B?2', 7)], (g, [table, i]) => g.gather(table, i, 'V')),
    forwardOnly(make([floats('P?7 D4'), ids('B?2', 7)], (g, [table, i]) => g.gather(table, i, 'P'))),
  ],
  pick: [
    make([floats('B?2 P?3 V7'), ids('B?2 P?3', 7)], (g, [x, i]) => g.pick(x, i, 'V')),
    forwardOnly(make([floats('B?2 P?3 V7'), ids('V7 B?2', 3)], (g, [x, i]) => g.pick(x, i, 'P'))),
    make([floats('V7'), ids('', 7)], (g, [x, i]) => g.pick(x, i, 'V')),
  ],
  scatterRows: [
    make([ids('B?2 P?3', 2), floats('B?2 P?3 D4')], (g, [i, x]) => g.scatterRows(i, x, 'V', 5)),
    make([ids('P?6', 3), floats('N2 P?6 H3')], (g, [i, x]) => g.scatterRows(i, x, 'V', 4)),
    make([ids('B?4', 3), floats('B?4')], (g, [i, x]) => g.scatterRows(i, x, 'V', 3)),
  ],
  oneHot: [
    make([ids('B?2 P?3', 9)], (g, [i]) => g.oneHot(i, 'V', 7)),
    make([ids('', 3)], (g, [i]) => g.oneHot(i, 'V', 3)),
  ],

  transpose: [
    make([floats('B?2 P?3 D4')], (g, [x]) => g.transpose(x, 'D B P')),
    make([floats('B?2 P?3 D6')], (g, [x]) => g.transpose(g.split(x, 'D', 'N H', { N: 2, H: 3 }), 'B N P H')),
    make([floats('B?2 P?3 N4 H5')], (g, [x]) =>
      g.merge(g.transpose(g.split(x, 'N', 'G R', { G: 2, R: 2 }), 'B G P R H'), 'P R', 'K'),
    ),
    make([floats('B?2 P?3 D4')], (g, [x]) => g.transpose(g.transpose(x, 'D B P'), 'B P D')),
  ],
  split: [
    make([floats('B?2 P?3 D6')], (g, [x]) => g.split(x, 'D', 'N H', { N: 2, H: 3 })),
    make([floats('B?2 P?6')], (g, [x]) => g.split(x, 'P', 'N K', { N: 2 })),
    make([floats('B?2 P?3 N4 H3')], (g, [x]) => g.split(g.merge(x, 'N H', 'M'), 'M', 'G R', { G: 3, R: 4 })),
    make([floats('B?2 P?3 N4 H3')], (g, [x]) => g.split(g.merge(x, 'N H', 'M'), 'M', 'G R H', { G: 2, R: 2, H: 3 })),
    make([floats('B?2 D6')], (g, [x]) => g.split(x, 'D', 'C M', { C: 1, M: 6 })),
  ],
  merge: [
    make([floats('B?2 P?3 N4 H3')], (g, [x]) => g.merge(x, 'N H', 'D')),
    forwardOnly(make([floats('B?2 P?3 N4 H3')], (g, [x]) => g.merge(x, 'B P N', 'K'))),
    make([floats('B?2 P?3 N4 H3')], (g, [x]) => g.split(g.merge(x, 'P N', 'K'), 'K', 'P R', { R: 2 })),
  ],
  rename: [make([floats('B?2 P?3 N4')], (g, [x]) => g.rename(x, 'P', 'K'))],
  slice: [
    make([floats('B?2 P?3 D6')], (g, [x]) => g.slice(x, 'D', 1, 4)),
    forwardOnly(make([floats('B?2 P?3 D6')], (g, [x]) => g.slice(x, 'P', 0, 2))),
    make([floats('B?2 P?3 D6')], (g, [x]) => g.slice(g.split(x, 'D', 'C H', { C: 3, H: 2 }), 'C', 1, 2)),
    make([floats('B?2 P?3 D6')], (g, [x]) => g.select(g.split(x, 'D', 'C H', { C: 3, H: 2 }), 'C', 1)),
  ],
  pad: [
    make([floats('B?2 P?3 D4')], (g, [x]) => g.pad(x, 'D', 1, 2)),
    make([floats('N2 D4')], (g, [x]) => g.pad(x, 'N', 0, 3)),
  ],
  concat: [
    make([floats('B?2 G2 T?3 H4'), floats('B?2 G2 K?2 H4')], (g, [a, b]) => g.concat([g.rename(a, 'T', 'K'), b], 'K')),
    make([floats('B?2 G2 T?0 H4'), floats('B?2 K?2 G2 H4')], (g, [a, b]) => g.concat([g.rename(a, 'T', 'K'), b], 'K')),
    make([floats('B?2 D4'), floats('D3 B?2'), floats('B?2 D1')], (g, [a, b, c]) => g.concat([a, b, c], 'D')),
  ],
  part: [
    make([floats('B?2 K?5 H4'), floats('B?2 K?2 H4'), floats('K?3 B?2 H4')], (g, [x, a, b]) =>
      g.part(x, [a, b], 'K', 1),
    ),
    make([floats('B?2 K?5 H4'), floats('B?2 K?2 H4'), floats('B?2 K3 H4')], (g, [x, a, b]) =>
      g.part(x, [a, b], 'K', 0),
    ),
  ],
  squeeze: [
    make([floats('B?2 P1 D4')], (g, [x]) => g.squeeze(x, 'P')),
    make([floats('B?2 P?1 D4')], (g, [x]) => g.squeeze(x, 'P')),
  ],
  unsqueeze: [
    make([floats('B?2 D4')], (g, [x]) => g.unsqueeze(x, 'N')),
    make([floats('')], (g, [x]) => g.transpose(g.unsqueeze(g.unsqueeze(x, 'N'), 'G'), 'G N')),
  ],
  broadcastLike: [
    make([floats('D4'), floats('B?2 P?3 D4')], (g, [x, like]) => g.broadcastLike(x, like)),
    make([floats('B?1 D1'), floats('D4 P?3 B?2')], (g, [x, like]) => g.broadcastLike(x, like)),
  ],
  reduceLike: [
    make([floats('B?2 P?3 D4'), floats('D4')], (g, [x, like]) => g.reduceLike(x, like)),
    make([floats('B?2 P?3 D4'), floats('D4 B?1')], (g, [x, like]) => g.reduceLike(x, like)),
    make([floats('B?2 P?3 D4'), floats('B?2 P?1 D1')], (g, [x, like]) => g.reduceLike(x, like)),
    make([floats('B?2 P?3 D4'), floats('')], (g, [x, like]) => g.reduceLike(x, like)),
    make([floats('B?2 P?3 D4'), floats('B?2 P?3 D4')], (g, [x, like]) => g.reduceLike(x, like)),
  ],

  rotary: turning.flatMap(([x, angles]) =>
    [true, false].flatMap((interleaved) => [
      make([floats(x), floats(angles), floats(angles)], (g, [a, c, s]) => g.rotary(a, c, s, interleaved)),
      ...(x.includes('N2 H8')
        ? [
            make([floats(x.replace('N2 H8', 'D4')), floats('N2 H8 D4', 'parameter'), floats(angles)], (g, [a, w, c]) =>
              g.transpose(g.rotary(g.contract(a, w, 'B P N H'), c, c, interleaved), 'B N P H'),
            ),
          ]
        : []),
    ]),
  ),
};

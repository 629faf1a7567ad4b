/** Operations that compute one value at a time, operands broadcast by axis name. */
import { align } from '../align.ts';
import type { GraphBuilder } from '../builder.ts';
import type { Dense } from '../dense.ts';
import { stretchedLengths, zip } from '../dense.ts';
import { onnxTypeCode } from '../onnxWriter.ts';
import type { Lowering } from '../lowering.ts';
import type { Backward, Primitive, Rows } from '../primitive.ts';
import type { Attributes } from '../primitives.ts';
import { broadcastShape, unaryShape } from '../shapes.ts';
import type { DType, Value, ValueType } from '../value.ts';
import type { View } from '../view.ts';

type Arithmetic = 'add' | 'subtract' | 'multiply' | 'divide' | 'maximum' | 'minimum';
type Comparison = 'less' | 'equal';
type Plain = 'negate' | 'exp' | 'log' | 'sqrt' | 'tanh' | 'erf' | 'sigmoid' | 'relu' | 'abs' | 'sin' | 'cos';

/** Shape, evaluation and lowering that do not look at the attributes. */
type Simple = Primitive<Arithmetic | Comparison | Plain>;

type PairGradient = (
  at: Backward,
  a: Value,
  b: Value,
  d: Value,
  result: Value,
) => readonly [Value | null, Value | null];
type UnaryGradient = (at: Backward, x: Value, d: Value, result: Value) => Value | null;

function binary(operator: string, compute: (a: number, b: number) => number, gradient: PairGradient): Simple {
  return {
    gradient: (at, [a, b], result, d) => {
      const operands = [a as Value, b as Value] as const;
      return gradient(at, ...operands, d, result).map((value, i) =>
        value === null ? null : at.fit(value, operands[i] as Value),
      );
    },
    shape: (_, inputs) => pairShape(inputs, ['float32'], 'float32'),
    evaluate: (_, inputs, type) =>
      zip(stretchedLengths(type, inputs), inputs, compute as (...values: readonly number[]) => number),
    lower: (to, inputs, type) => elementwise(to, operator, inputs, type),
  };
}

function comparison(operator: string, dtypes: readonly DType[], compute: (a: number, b: number) => boolean): Simple {
  return {
    ...binary(
      operator,
      (a, b) => Number(compute(a, b)),
      () => [null, null],
    ),
    shape: (_, inputs) => pairShape(inputs, dtypes, 'bool'),
  };
}

function unary(operator: string, compute: (x: number) => number, gradient: UnaryGradient): Simple {
  return {
    gradient: (at, [x], result, d) => [gradient(at, x as Value, d, result)],
    shape: (_, inputs) => unaryShape(inputs),
    evaluate: (_, [x], type) =>
      zip(stretchedLengths(type, [x as Dense]), [x as Dense], compute as (...values: readonly number[]) => number),
    lower: (to, inputs, type) => elementwise(to, operator, inputs, type),
  };
}

function pairShape(inputs: readonly ValueType[], dtypes: readonly DType[], result: DType): ValueType | string {
  const [a, b] = inputs;
  if (inputs.length !== 2 || a === undefined || b === undefined) return 'two operands';
  if (a.dtype !== b.dtype || !dtypes.includes(a.dtype)) return `two operands of ${dtypes.join(' or ')}`;
  return broadcastShape(inputs, result);
}

function elementwise(to: Lowering, operator: string, inputs: readonly View[], type: ValueType): View {
  const { operands, result } = align(to, inputs, type);
  return result(to.node(operator, operands));
}

/** A tensor times a number needs no node before somebody reads it, and none at all where a product does. */
function scaledView(inputs: readonly View[]): View | null {
  const [a, b] = inputs as readonly [View, View];
  const [x, factor] = isNumber(a) ? [b, a] : [a, b];
  if (factor.source.kind !== 'constant' || !isNumber(factor) || x.source.kind !== 'tensor') return null;
  return { ...x, scale: x.scale * (factor.source.constant.data[0] as number) * factor.scale };
}

function isNumber(x: View): boolean {
  return x.source.kind === 'constant' && x.axes.length === 0;
}

/** One operand, with constants of our own after it. */
function withConstants(to: Lowering, operator: string, x: View, type: ValueType, constants: readonly string[]): View {
  const { operands, result } = align(to, [x], type);
  return result(to.node(operator, [...operands, ...constants]));
}

function castTo(to: Lowering, x: View, type: ValueType): View {
  const { operands, result } = align(to, [x], type);
  return result(to.node('Cast', operands, { attributes: { to: onnxTypeCode(type.dtype) } }));
}

function lowerPower(to: Lowering, x: View, type: ValueType, exponent: number): View {
  if (exponent === 1) return x;
  const { operands, result } = align(to, [x], type);
  const [base = ''] = operands;
  return result(powerNode(to, base, exponent));
}

// Pow itself is many times slower than a product.
function powerNode(to: Lowering, base: string, exponent: number): string {
  if (exponent === 2) return to.node('Mul', [base, base]);
  if (exponent === 3) return to.node('Mul', [to.node('Mul', [base, base]), base]);
  if (exponent === 0.5) return to.node('Sqrt', [base]);
  if (exponent === -1) return to.node('Reciprocal', [base]);
  if (exponent === -0.5) return to.node('Reciprocal', [to.node('Sqrt', [base])]);
  return to.node('Pow', [base, to.writer.floats([exponent], [])]);
}

/**
 * erf to about 1e-16: the Taylor series 2/sqrt(pi) sum (-1)^n x^(2n+1) / (n! (2n+1)) below 3,
 * and the continued fraction of erfc above (Abramowitz and Stegun 7.1.5, 7.1.14).
 */
function erf(x: number): number {
  const size = Math.abs(x);
  if (size > 6) return Math.sign(x);
  if (size > 3) return Math.sign(x) * (1 - erfcFraction(size));
  let [term, total] = [x, x];
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(total); n++) {
    term *= (-x * x) / n;
    total += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * total;
}

function erfcFraction(x: number): number {
  let tail = x;
  for (let n = 60; n > 0; n--) tail = x + n / 2 / tail;
  return Math.exp(-x * x) / (tail * Math.sqrt(Math.PI));
}

/** The share of d that goes to `winner`: all of it where loser < winner, half where they are equal. */
function share({ g }: Backward, loser: Value, winner: Value, d: Value): Value {
  const wins = g.toFloat(g.less(loser, winner));
  return g.multiply(d, g.add(wins, g.multiply(g.toFloat(g.equal(loser, winner)), 0.5)));
}

/**
 * Not a derivative (that of a step is 0): what is used in its place.
 * straight-through: dx (Bengio et al. 2013); rectangle: [|x| < w / 2] / w dx (Rajamanoharan et al. 2024).
 */
function stepPseudoGradient(g: GraphBuilder, x: Value, d: Value, slope: Attributes['step']['slope']): Value {
  if (slope === 'straightThrough') return d;
  const { rectangleWidth: width } = slope;
  return g.multiply(d, g.multiply(g.toFloat(g.less(g.abs(x), width / 2)), 1 / width));
}

export const elementwiseRows: Rows<
  Arithmetic | Comparison | Plain | 'where' | 'power' | 'toFloat' | 'stopGradient' | 'step'
> = {
  // d(a + b) = da + db
  add: binary(
    'Add',
    (a, b) => a + b,
    (_, _a, _b, d) => [d, d],
  ),
  // d(a - b) = da - db
  subtract: binary(
    'Sub',
    (a, b) => a - b,
    ({ g }, _a, _b, d) => [d, g.negate(d)],
  ),
  // d(a b) = b da + a db
  multiply: {
    ...binary(
      'Mul',
      (a, b) => a * b,
      ({ g }, a, b, d) => [g.multiply(d, b), g.multiply(d, a)],
    ),
    lower: (to, inputs, type) => scaledView(inputs) ?? elementwise(to, 'Mul', inputs, type),
  },
  // d(a / b) = da / b - (a / b) db / b
  divide: binary(
    'Div',
    (a, b) => a / b,
    ({ g }, _, b, d, result) => [g.divide(d, b), g.negate(g.divide(g.multiply(d, result), b))],
  ),
  // To the larger operand; half to each where they are equal.
  maximum: binary('Max', Math.max, (at, a, b, d) => [share(at, b, a, d), share(at, a, b, d)]),
  // To the smaller operand; half to each where they are equal.
  minimum: binary('Min', Math.min, (at, a, b, d) => [share(at, a, b, d), share(at, b, a, d)]),
  // [a < b] and [a = b] are flat where they are continuous: none.
  less: comparison('Less', ['float32'], (a, b) => a < b),
  equal: comparison('Equal', ['float32', 'int64'], (a, b) => a === b),
  where: {
    shape: (_, inputs) => {
      const [condition, a, b] = inputs;
      if (inputs.length !== 3 || condition?.dtype !== 'bool' || a?.dtype !== 'float32' || b?.dtype !== 'float32') {
        return 'a bool condition and two float32 operands';
      }
      return broadcastShape(inputs, 'float32');
    },
    evaluate: (_, inputs, type) =>
      zip(stretchedLengths(type, inputs), inputs, (condition, a, b) => (condition === 1 ? a : b) as number),
    lower: (to, inputs, type) => elementwise(to, 'Where', inputs, type),
    // d where(c, a, b) = where(c, da, db)
    gradient: ({ g, fit }, [condition, a, b], _, d) => {
      const chosen = condition as Value;
      return [null, fit(g.where(chosen, d, 0), a as Value), fit(g.where(chosen, 0, d), b as Value)];
    },
  },

  // d(-x) = -dx
  negate: unary(
    'Neg',
    (x) => -x,
    ({ g }, _, d) => g.negate(d),
  ),
  // d exp(x) = exp(x) dx
  exp: unary('Exp', Math.exp, ({ g }, _, d, result) => g.multiply(d, result)),
  // d log(x) = dx / x
  log: unary('Log', Math.log, ({ g }, x, d) => g.divide(d, x)),
  // d sqrt(x) = dx / (2 sqrt(x))
  sqrt: unary('Sqrt', Math.sqrt, ({ g }, _, d, result) => g.divide(d, g.multiply(result, 2))),
  // d tanh(x) = (1 - tanh(x)^2) dx
  tanh: unary('Tanh', Math.tanh, ({ g }, _, d, result) => g.multiply(d, g.subtract(1, g.power(result, 2)))),
  // d erf(x) = 2 / sqrt(pi) exp(-x^2) dx
  erf: unary('Erf', erf, ({ g }, x, d) =>
    g.multiply(d, g.multiply(g.exp(g.negate(g.power(x, 2))), 2 / Math.sqrt(Math.PI))),
  ),
  // d sigmoid(x) = sigmoid(x) (1 - sigmoid(x)) dx
  sigmoid: unary(
    'Sigmoid',
    (x) => 1 / (1 + Math.exp(-x)),
    ({ g }, _, d, result) => g.multiply(d, g.multiply(result, g.subtract(1, result))),
  ),
  // d relu(x) = [relu(x) > 0] dx: so x itself need not be kept
  relu: unary(
    'Relu',
    (x) => Math.max(x, 0),
    ({ g }, _, d, result) => g.multiply(d, g.toFloat(g.less(0, result))),
  ),
  // d|x| = sign(x) dx
  abs: unary('Abs', Math.abs, ({ g }, x, d) =>
    g.multiply(d, g.subtract(g.toFloat(g.less(0, x)), g.toFloat(g.less(x, 0)))),
  ),
  // d sin(x) = cos(x) dx
  sin: unary('Sin', Math.sin, ({ g }, x, d) => g.multiply(d, g.cos(x))),
  // d cos(x) = -sin(x) dx
  cos: unary('Cos', Math.cos, ({ g }, x, d) => g.negate(g.multiply(d, g.sin(x)))),
  power: {
    shape: (_, inputs) => unaryShape(inputs),
    evaluate: ({ exponent }, [x], type) =>
      zip(stretchedLengths(type, [x as Dense]), [x as Dense], (value) => (value as number) ** exponent),
    lower: (to, [x], type, { exponent }) => lowerPower(to, x as View, type, exponent),
    // d x^n = n x^(n - 1) dx
    gradient: ({ g }, [x], _, d, { exponent }) => [
      g.multiply(d, g.multiply(g.power(x as Value, exponent - 1), exponent)),
    ],
  },
  toFloat: {
    shape: (_, inputs) => unaryShape(inputs, 'float32', ['bool', 'int64']),
    evaluate: (_, [x]) => x as Dense,
    lower: (to, [x], type) => castTo(to, x as View, type),
    // Of a bool or an index there is none.
    gradient: () => [null],
  },
  stopGradient: {
    shape: (_, inputs) => unaryShape(inputs),
    evaluate: (_, [x]) => x as Dense,
    lower: (_, [x]) => x as View,
    // Stated: y = x, dx = 0
    gradient: () => [null],
  },
  step: {
    shape: (_, inputs) => unaryShape(inputs),
    evaluate: (_, [x], type) =>
      zip(stretchedLengths(type, [x as Dense]), [x as Dense], (value) => Number((value as number) > 0)),
    lower: (to, [x], type) => {
      const positive = withConstants(to, 'Greater', x as View, type, [to.writer.floats([0], [])]);
      return castTo(to, positive, type);
    },
    // Stated: dx = dy, or dx = [|x| < w / 2] / w dy
    gradient: ({ g }, [x], _, d, { slope }) => [stepPseudoGradient(g, x as Value, d, slope)],
  },
};

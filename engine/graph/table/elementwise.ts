/** Operations that compute one value at a time, operands broadcast by axis name. */
import { align } from '../align.ts';
import type { Dense } from '../dense.ts';
import { stretchedLengths, zip } from '../dense.ts';
import { onnxTypeCode } from '../onnxWriter.ts';
import type { Lowering } from '../lowering.ts';
import type { Primitive, Rows } from '../primitive.ts';
import { broadcastShape, unaryShape } from '../shapes.ts';
import type { DType, ValueType } from '../value.ts';
import type { View } from '../view.ts';

type Arithmetic = 'add' | 'subtract' | 'multiply' | 'divide' | 'maximum' | 'minimum';
type Comparison = 'less' | 'equal';
type Plain = 'negate' | 'exp' | 'log' | 'sqrt' | 'tanh' | 'erf' | 'sigmoid' | 'relu' | 'abs' | 'sin' | 'cos';

/** Shape, evaluation and lowering that do not look at the attributes. */
type Simple = Primitive<Arithmetic | Comparison | Plain>;

function binary(operator: string, compute: (a: number, b: number) => number): Simple {
  return {
    shape: (_, inputs) => pairShape(inputs, ['float32'], 'float32'),
    evaluate: (_, inputs, type) => zip(stretchedLengths(type, inputs), inputs, compute as (...values: readonly number[]) => number),
    lower: (to, inputs, type) => elementwise(to, operator, inputs, type),
  };
}

function comparison(operator: string, dtypes: readonly DType[], compute: (a: number, b: number) => boolean): Simple {
  return { ...binary(operator, (a, b) => Number(compute(a, b))), shape: (_, inputs) => pairShape(inputs, dtypes, 'bool') };
}

function unary(operator: string, compute: (x: number) => number): Simple {
  return {
    shape: (_, inputs) => unaryShape(inputs),
    evaluate: (_, [x], type) => zip(stretchedLengths(type, [x as Dense]), [x as Dense], compute as (...values: readonly number[]) => number),
    lower: (to, inputs, type) => elementwise(to, operator, inputs, type),
  };
}

function pairShape(inputs: readonly ValueType[], dtypes: readonly DType[], result: DType): ValueType | string {
  const [a, b] = inputs;
  if (inputs.length !== 2 || a === undefined || b === undefined) return 'two operands';
  if (a.dtype !== b.dtype || !dtypes.includes(a.dtype)) return `two operands of ${dtypes.join(' or ')}`;
  return broadcastShape(inputs, result);
}

export function elementwise(to: Lowering, operator: string, inputs: readonly View[], type: ValueType): View {
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
  const { operands, result } = align(to, [x], type);
  const [base = ''] = operands;
  if (exponent === 2) return result(to.node('Mul', [base, base]));
  if (exponent === 0.5) return result(to.node('Sqrt', [base]));
  if (exponent === -1) return result(to.node('Reciprocal', [base]));
  if (exponent === -0.5) return result(to.node('Reciprocal', [to.node('Sqrt', [base])]));
  return result(to.node('Pow', [base, to.writer.floats([exponent], [])]));
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

export const elementwiseRows: Rows<Arithmetic | Comparison | Plain | 'where' | 'power' | 'toFloat' | 'stopGradient' | 'step'> = {
  add: binary('Add', (a, b) => a + b),
  subtract: binary('Sub', (a, b) => a - b),
  multiply: { ...binary('Mul', (a, b) => a * b), lower: (to, inputs, type) => scaledView(inputs) ?? elementwise(to, 'Mul', inputs, type) },
  divide: binary('Div', (a, b) => a / b),
  maximum: binary('Max', Math.max),
  minimum: binary('Min', Math.min),
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
  },

  negate: unary('Neg', (x) => -x),
  exp: unary('Exp', Math.exp),
  log: unary('Log', Math.log),
  sqrt: unary('Sqrt', Math.sqrt),
  tanh: unary('Tanh', Math.tanh),
  erf: unary('Erf', erf),
  sigmoid: unary('Sigmoid', (x) => 1 / (1 + Math.exp(-x))),
  relu: unary('Relu', (x) => Math.max(x, 0)),
  abs: unary('Abs', Math.abs),
  sin: unary('Sin', Math.sin),
  cos: unary('Cos', Math.cos),
  power: {
    shape: (_, inputs) => unaryShape(inputs),
    evaluate: ({ exponent }, [x], type) => zip(stretchedLengths(type, [x as Dense]), [x as Dense], (value) => (value as number) ** exponent),
    lower: (to, [x], type, { exponent }) => lowerPower(to, x as View, type, exponent),
  },
  toFloat: {
    shape: (_, inputs) => unaryShape(inputs, 'float32', ['bool', 'int64']),
    evaluate: (_, [x]) => x as Dense,
    lower: (to, [x], type) => castTo(to, x as View, type),
  },
  stopGradient: {
    shape: (_, inputs) => unaryShape(inputs),
    evaluate: (_, [x]) => x as Dense,
    lower: (_, [x]) => x as View,
  },
  step: {
    shape: (_, inputs) => unaryShape(inputs),
    evaluate: (_, [x], type) => zip(stretchedLengths(type, [x as Dense]), [x as Dense], (value) => Number((value as number) > 0)),
    lower: (to, [x], type) => {
      const positive = withConstants(to, 'Greater', x as View, type, [to.writer.floats([0], [])]);
      return castTo(to, positive, type);
    },
  },
};

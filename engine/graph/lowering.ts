/** What the rows of the table write ONNX with: reading a view in the form that an operator wants. */
import type { Axis } from '../terms/axes.ts';
import { dequantise } from './blocks.ts';
import type { Constant, Parameter } from './graph.ts';
import type { NodeOptions, OnnxWriter } from './onnxWriter.ts';
import { onnxTypeCode } from './onnxWriter.ts';
import type { ParameterStorage } from './storage.ts';
import { storedTypes } from './storage.ts';
import type { ValueType } from './value.ts';
import { printType } from './value.ts';
import type { Dimension, Factor, View } from './view.ts';
import { factorsOf, plainView, sameDimensions, sameFactors, sameOrder, sizeOfDimension } from './view.ts';

export class Lowering {
  readonly writer: OnnxWriter;
  readonly #storage: (parameter: string) => ParameterStorage;

  constructor(writer: OnnxWriter, storage: (parameter: string) => ParameterStorage) {
    this.writer = writer;
    this.#storage = storage;
  }

  node(operator: string, inputs: readonly string[], options: NodeOptions = {}): string {
    return this.writer.node(operator, inputs, options);
  }

  storageOf(parameter: Parameter): ParameterStorage {
    return this.#storage(parameter.name);
  }

  /** The tensor with one dimension per axis of the value. */
  plain(view: View): string {
    return this.read(
      view,
      view.axes.map(({ factors }) => factors),
    );
  }

  /** The value as it is, with one dimension and one factor per axis. */
  settled(view: View): View {
    const axes = view.axes.map(({ axis, factors }) => ({ axis, size: sizeOfDimension(factors) }));
    return this.result(this.plain(view), { dtype: view.dtype, axes });
  }

  /** A result whose dimensions are the axes of its type. */
  result(name: string, type: ValueType): View {
    return plainView({ kind: 'tensor', name }, type);
  }

  /** The tensor with these dimensions, which hold the view's factors in any order. */
  read(view: View, dimensions: readonly Dimension[]): string {
    if (view.scale !== 1) return this.read(this.#scaled(view), dimensions);
    if (sameOrder(view.dimensions, dimensions)) return this.#regrouped(view, dimensions);
    const { before, after, permutation } = transposition(view.dimensions, dimensions);
    const turned = this.writer.sharedNode('Transpose', [this.#regrouped(view, before)], {
      attributes: { perm: permutation },
    });
    return this.#reshaped(turned, after, dimensions);
  }

  /** Axes in an order, one dimension each. */
  inOrder(view: View, axes: readonly Axis[]): string {
    return this.read(
      view,
      axes.map((axis) => factorsOf(view, axis)),
    );
  }

  /** A tensor of the right number of values, in row-major order, with these dimensions. */
  reshape(tensor: string, dimensions: readonly Dimension[]): string {
    return this.#reshaped(tensor, null, dimensions);
  }

  /** int64 [rank]: the lengths of a tensor. */
  shapeOf(tensor: string): string {
    return this.writer.sharedNode('Shape', [tensor]);
  }

  /** A parameter as its file stores it, without a cast, or null where it is not one plain external tensor. */
  stored(view: View, dimensions: readonly Dimension[]): string | null {
    if (view.source.kind !== 'parameter' || view.scale !== 1 || !sameOrder(view.dimensions, dimensions)) return null;
    const storage = this.storageOf(view.source.parameter);
    if (storage.kind !== 'external') return null;
    const { name } = view.source.parameter;
    return this.writer.external(
      name,
      storedTypes[storage.type],
      fixedSizes(dimensions, view.source.parameter),
      storage,
    );
  }

  #scaled(view: View): View {
    const factor = this.writer.floats([view.scale], []);
    const name = this.writer.sharedNode('Mul', [this.#regrouped(view, view.dimensions), factor]);
    return { ...view, scale: 1, source: { kind: 'tensor', name } };
  }

  #regrouped(view: View, dimensions: readonly Dimension[]): string {
    const { source } = view;
    if (source.kind === 'tensor') return this.#reshaped(source.name, view.dimensions, dimensions);
    if (source.kind === 'constant') return constantTensor(this.writer, source.constant, dimensions);
    const storage = this.storageOf(source.parameter);
    if (storage.kind === 'input') return this.#reshaped(source.parameter.name, view.dimensions, dimensions);
    if (storage.kind === 'blocks') {
      return this.#reshaped(dequantise(this.writer, source.parameter, storage), null, dimensions);
    }
    return this.#castToFloat(this.stored(view, dimensions) ?? '', storage.type);
  }

  #castToFloat(tensor: string, type: keyof typeof storedTypes): string {
    if (type === 'F32') return tensor;
    return this.writer.sharedNode('Cast', [tensor], { attributes: { to: onnxTypeCode('float32') } });
  }

  #reshaped(tensor: string, from: readonly Dimension[] | null, to: readonly Dimension[]): string {
    if (from !== null && sameDimensions(from, to)) return tensor;
    const added = from === null ? null : addedOnes(from, to);
    if (added !== null) return this.writer.sharedNode('Unsqueeze', [tensor, this.writer.int64s(added)]);
    return this.writer.sharedNode('Reshape', [tensor, this.#targetShape(from ?? [], to)]);
  }

  /** 0 keeps the input's dimension of the same place, -1 is worked out; only a second unknown length is read from a Shape. */
  #targetShape(from: readonly Dimension[], to: readonly Dimension[]): string {
    const entries = to.map((dimension, i) => {
      const size = sizeOfDimension(dimension);
      if (size !== 'dynamic') return size;
      return i < from.length && sameFactors(from[i] as Dimension, dimension) ? 0 : null;
    });
    const unknown = to.filter((_, i) => entries[i] === null);
    const inferred = unknown.find((dimension) => !isReadable(dimension)) ?? unknown.at(-1);
    if (unknown.length <= 1) return this.writer.int64s(entries.map((entry) => entry ?? -1));
    const parts = to.map((dimension, i) => {
      const entry = entries[i] ?? (dimension === inferred ? -1 : null);
      return entry === null ? this.#length(dimension) : this.writer.int64s([entry]);
    });
    return this.writer.sharedNode('Concat', parts, { attributes: { axis: 0 } });
  }

  /** int64 [1]: a dimension's length. */
  #length(dimension: Dimension): string {
    return dimension
      .map((factor) => this.#factorLength(factor))
      .reduce((product, length) => this.writer.sharedNode('Mul', [product, length]));
  }

  #factorLength({ size, origin }: Factor): string {
    if (size !== 'dynamic') return this.writer.int64s([size]);
    if (origin === null) throw new RangeError('lower: a dynamic length that no tensor has as a dimension');
    const attributes = { start: origin.dimension, end: origin.dimension + 1 };
    return this.writer.sharedNode('Shape', [origin.tensor], { attributes });
  }
}

/** Places of dimensions of size 1, where they are all that `to` has beyond `from`. */
function addedOnes(from: readonly Dimension[], to: readonly Dimension[]): number[] | null {
  const ones = to.flatMap((dimension, place) => (dimension.length === 0 ? [place] : []));
  const rest = to.filter((dimension) => dimension.length > 0);
  return ones.length > 0 && sameDimensions(from, rest) ? ones : null;
}

function isReadable(dimension: Dimension): boolean {
  return dimension.every(({ size, origin }) => size !== 'dynamic' || origin !== null);
}

/** Sizes of an initializer's dimensions. */
function fixedSizes(
  dimensions: readonly Dimension[],
  parameter: { readonly name?: string; readonly type: ValueType },
): number[] {
  return dimensions.map((dimension) => {
    const size = sizeOfDimension(dimension);
    if (size !== 'dynamic') return size;
    throw new RangeError(
      `lower: ${parameter.name ?? 'a constant'}: expected fixed axes, got ${printType(parameter.type)}`,
    );
  });
}

function constantTensor(writer: OnnxWriter, constant: Constant, dimensions: readonly Dimension[]): string {
  return writer.floats(constant.data, fixedSizes(dimensions, constant));
}

interface Transposition {
  readonly before: readonly Dimension[];
  readonly permutation: readonly number[];
  readonly after: readonly Dimension[];
}

/**
 * The Transpose between two orders of the same factors: of the source's own dimensions where they stay whole
 * (no Reshape before), else of the longest runs that move together.
 */
function transposition(from: readonly Dimension[], to: readonly Dimension[]): Transposition {
  const target = to.flat();
  const whole = from.filter((dimension) => dimension.length > 0);
  const isWhole = whole.length === from.length && from.every((dimension) => isRun(dimension, target));
  const runs = permuted(runsOf(from.flat(), target), target);
  if (!isWhole) return runs;
  const own = permuted(from, target);
  const reshapes = ({ before, after }: Transposition) =>
    Number(!sameDimensions(before, from)) + Number(!sameDimensions(after, to));
  return reshapes(own) <= reshapes(runs) ? own : runs;
}

function permuted(before: readonly Dimension[], target: Dimension): Transposition {
  const place = (dimension: Dimension) => target.indexOf(dimension[0] as Factor);
  const permutation = before
    .map((_, i) => i)
    .sort((i, j) => place(before[i] as Dimension) - place(before[j] as Dimension));
  return { before, permutation, after: permutation.map((i) => before[i] as Dimension) };
}

function isRun(dimension: Dimension, target: Dimension): boolean {
  const start = target.indexOf(dimension[0] as Factor);
  return dimension.every((factor, i) => target[start + i] === factor);
}

function runsOf(factors: Dimension, target: Dimension): Dimension[] {
  const runs: Factor[][] = [];
  for (const factor of factors) {
    const last = runs.at(-1);
    const follows = last !== undefined && target.indexOf(factor) === target.indexOf(last.at(-1) as Factor) + 1;
    if (follows) last.push(factor);
    else runs.push([factor]);
  }
  return runs;
}

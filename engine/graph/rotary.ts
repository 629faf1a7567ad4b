/** Rotary position embedding as ONNX nodes. */
import type { Axis } from '../terms/axes.ts';
import type { Lowering } from './lowering.ts';
import type { ValueType } from './value.ts';
import { axisNames, sizeOfAxis } from './value.ts';
import type { Dimension, View } from './view.ts';
import { factorsOf, factorsOfAll, lacksAxis, sameOrder, sizeOfDimension } from './view.ts';

/** One RotaryEmbedding where cos and sin have two axes beside J (batch and position); its kernel is one pass over x. */
export function rotaryNodes(to: Lowering, x: View, cos: View, sin: View, type: ValueType, interleaved: boolean): View {
  const form = kernelForm(x, cos, sin, type);
  if (form === null) return rotaryByParts(to, x, cos, sin, type, interleaved);
  const half = sizeOfDimension(factorsOf(cos, 'J')) as number;
  const isPartial = sizeOfAxis(type, 'H') !== 2 * half;
  const attributes = {
    interleaved: Number(interleaved),
    rotary_embedding_dim: isPartial ? 2 * half : 0,
    num_heads: form.heads,
  };
  const inputs = [to.read(x, form.dimensions), angleLike(to, cos, form.shared), angleLike(to, sin, form.shared)];
  const name = to.node('RotaryEmbedding', inputs, { attributes });
  return { ...x, scale: 1, source: { kind: 'tensor', name }, dimensions: form.dimensions };
}

interface KernelForm {
  /** [batch, position, heads * H], or [batch, heads, position, H] where x is stored so. */
  readonly dimensions: readonly Dimension[];
  readonly heads: number;
  readonly shared: readonly Axis[];
}

function kernelForm(x: View, cos: View, sin: View, type: ValueType): KernelForm | null {
  const shared = axisNames(type).filter((axis) => !lacksAxis(cos, axis));
  const isSame = (angle: View) => angle.axes.length === 3 && shared.every((axis) => isUnstretched(x, angle, axis));
  if (shared.length !== 2 || !isSame(cos) || !isSame(sin)) return null;
  const others = axisNames(type).filter((axis) => axis !== 'H' && !shared.includes(axis));
  const heads = sizeOfDimension(factorsOfAll(x, others));
  if (heads === 'dynamic') return null;
  const [batch, position] = shared.map((axis) => factorsOf(x, axis)) as [Dimension, Dimension];
  const [head, width] = [factorsOfAll(x, others), factorsOf(x, 'H')];
  const byHead = [batch, head, position, width];
  const dimensions = sameOrder(x.dimensions, byHead) ? byHead : [batch, position, [...head, ...width]];
  return { dimensions, heads, shared };
}

/** Dynamic lengths are equal by the primitive's contract. */
function isUnstretched(x: View, angle: View, axis: Axis): boolean {
  return !lacksAxis(angle, axis) && (factorsOf(angle, axis).length > 0 || factorsOf(x, axis).length === 0);
}

/** Slices, products and a Concat: for any axes and any broadcasting. */
function rotaryByParts(to: Lowering, x: View, cos: View, sin: View, type: ValueType, interleaved: boolean): View {
  const outer = axisNames(type).filter((axis) => axis !== 'H');
  const half = sizeOfDimension(factorsOf(cos, 'J')) as number;
  const width = sizeOfAxis(type, 'H') as number;
  const data = to.inOrder(x, [...outer, 'H']);
  const angles = [cos, sin].map((angle) => angleLike(to, angle, outer)) as [string, string];
  const turned = interleaved
    ? turnedNeighbours(to, data, outer.length, half, angles)
    : to.node('Concat', turnedHalves(to, data, outer.length, half, angles), { attributes: { axis: -1 } });
  const rest = width === 2 * half ? [] : [slice(to, data, outer.length, 2 * half, width)];
  const tensor = rest.length === 0 ? turned : to.node('Concat', [turned, ...rest], { attributes: { axis: -1 } });
  const axes = [...outer, 'H' as const].map((axis) => ({ axis, size: sizeOfAxis(type, axis) }));
  const view = to.result(tensor, { dtype: 'float32', axes });
  return { ...view, axes: type.axes.map(({ axis }) => ({ axis, factors: factorsOf(view, axis) })) };
}

function angleLike(to: Lowering, angle: View, outer: readonly Axis[]): string {
  return to.read(angle, [...outer.map((axis) => factorsOf(angle, axis)), factorsOf(angle, 'J')]);
}

function slice(to: Lowering, data: string, axis: number, from: number, until: number, step = 1): string {
  const numbers = [from, until, axis, step].map((value) => to.writer.int64s([value]));
  return to.node('Slice', [data, ...numbers]);
}

function turnedHalves(
  to: Lowering,
  data: string,
  axis: number,
  half: number,
  angles: readonly [string, string],
): [string, string] {
  return turnedPair(to, slice(to, data, axis, 0, half), slice(to, data, axis, half, 2 * half), angles);
}

/** [.. J] pairs as [.. J, 2], and those two dimensions joined. */
function turnedNeighbours(
  to: Lowering,
  data: string,
  axis: number,
  half: number,
  angles: readonly [string, string],
): string {
  const [even, odd] = [0, 1].map((first) => slice(to, data, axis, first, 2 * half, 2)) as [string, string];
  const last = to.writer.int64s([-1]);
  const pair = turnedPair(to, even, odd, angles).map((tensor) => to.node('Unsqueeze', [tensor, last]));
  const joined = to.node('Concat', pair, { attributes: { axis: -1 } });
  return to.node('Reshape', [joined, to.writer.int64s([...Array<number>(axis).fill(0), 2 * half])]);
}

function turnedPair(to: Lowering, x1: string, x2: string, [cos, sin]: readonly [string, string]): [string, string] {
  const times = (a: string, b: string) => to.node('Mul', [a, b]);
  return [to.node('Sub', [times(x1, cos), times(x2, sin)]), to.node('Add', [times(x2, cos), times(x1, sin)])];
}

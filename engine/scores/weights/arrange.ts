/** A tensor with its axes in another order. */
import type { Axis, AxisList } from '../../terms/axes.ts';
import { parseAxes } from '../../graph/value.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { axisSize, tensor } from '../../tensor/tensor.ts';

/** The same values with the axes in this order, which names each of them once; the tensor itself where it has it already. */
export function arrange(x: Tensor, order: AxisList): Tensor {
  const axes = parseAxes(order);
  if (axes.every((axis, i) => x.axes[i]?.axis === axis)) return x;
  const sizes = axes.map((axis) => axisSize(x, axis));
  const strides = axes.map((axis) => strideOf(x, axis));
  const data = new Float32Array(x.data.length);
  const index = axes.map(() => 0);
  for (let to = 0, from = 0; to < data.length; to++) {
    data[to] = x.data[from] as number;
    for (let i = axes.length - 1; i >= 0; i--) {
      const next = (index[i] as number) + 1;
      from += strides[i] as number;
      index[i] = next;
      if (next < (sizes[i] as number)) break;
      from -= next * (strides[i] as number);
      index[i] = 0;
    }
  }
  return tensor(
    data,
    axes.map((axis, i) => ({ axis, size: sizes[i] as number })),
  );
}

/** The same values under other letters and sizes. */
export function relabel({ data }: Tensor, axes: AxisList, sizes: readonly number[]): Tensor {
  return tensor(
    data,
    parseAxes(axes).map((axis, i) => ({ axis, size: sizes[i] ?? 0 })),
  );
}

function strideOf({ axes }: Tensor, axis: Axis): number {
  const at = axes.findIndex((entry) => entry.axis === axis);
  return axes.slice(at + 1).reduce((product, { size }) => product * size, 1);
}

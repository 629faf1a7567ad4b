/** Products of values and gradients, summed per row and unit. */
import type { Tensor } from '../tensor/tensor.ts';
import { axisSize, describeAxes, tensor } from '../tensor/tensor.ts';

/** a - b, of one shape. */
export function subtract(a: Tensor, b: Tensor): Tensor {
  requireAlike(a, b);
  return tensor(
    a.data.map((value, i) => value - (b.data[i] as number)),
    a.axes,
  );
}

/**
 * x . gradient over all axes but rows and heads: [B P N H] -> [B, N], [B P D] -> [B, 1], summed in float64. `token`: the
 * magnitude of each position's product, summed over positions.
 */
export function dotByUnit(x: Tensor, gradient: Tensor, granularity: 'token' | 'example'): Float64Array {
  requireAlike(x, gradient);
  const [rows, positions] = [axisSize(x, 'B'), axisSize(x, 'P')];
  const width = x.axes.at(-1)?.size ?? 1;
  const units = x.data.length / (rows * positions * width);
  const sums = new Float64Array(rows * units);
  for (let token = 0, at = 0; token < rows * positions; token++) {
    const row = Math.floor(token / positions);
    for (let unit = 0; unit < units; unit++) {
      let sum = 0;
      for (let i = 0; i < width; i++, at++) sum += (x.data[at] as number) * (gradient.data[at] as number);
      const place = row * units + unit;
      sums[place] = (sums[place] as number) + (granularity === 'token' ? Math.abs(sum) : sum);
    }
  }
  return sums;
}

function requireAlike(a: Tensor, b: Tensor): void {
  if (describeAxes(a.axes) === describeAxes(b.axes)) return;
  throw new RangeError(`expected one shape, got ${describeAxes(a.axes)} and ${describeAxes(b.axes)}`);
}

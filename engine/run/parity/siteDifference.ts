import { largestDifference } from '../../tensor/largestDifference.ts';
import type { Tensor, TensorData } from '../../tensor/tensor.ts';
import { describeAxes } from '../../tensor/tensor.ts';

export interface SiteDifference {
  /** max |reference - value| */
  readonly difference: number;
  /** max |reference| */
  readonly magnitude: number;
}

type Floats = Tensor<Extract<TensorData, Float32Array | Float64Array>>;

/** Throws RangeError for tensors of other shapes. A value that is no number is as far off as can be. */
export function siteDifference(reference: Floats, value: Floats): SiteDifference {
  const [expected, got] = [describeAxes(reference.axes), describeAxes(value.axes)];
  if (expected !== got) throw new RangeError(`siteDifference: expected ${expected}, got ${got}`);
  const difference = largestDifference(reference.data, value.data);
  return {
    difference: Number.isFinite(difference) ? difference : Number.MAX_VALUE,
    magnitude: largestOf(reference.data),
  };
}

function largestOf(data: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < data.length; i++) most = Math.max(most, Math.abs(data[i] as number));
  return most;
}

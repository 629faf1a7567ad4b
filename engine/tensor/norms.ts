/** Lengths of the vectors that a tensor holds. */
import type { Tensor } from './tensor.ts';
import { tensor } from './tensor.ts';

/** L2 norm over the last axis, summed in float64: [B P N D] -> [B P N]. */
export function norms({ axes, data }: Tensor): Tensor {
  const width = axes.at(-1)?.size ?? 1;
  const lengths = new Float32Array(data.length / width);
  for (let i = 0; i < lengths.length; i++) lengths[i] = length(data, i * width, (i + 1) * width);
  return tensor(lengths, axes.slice(0, -1));
}

function length(data: Float32Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += (data[i] as number) ** 2;
  return Math.sqrt(sum);
}

/** What every head gives on average: mean of z over tokens. */
import type { Model } from '../../run/index.ts';
import { axisSize } from '../../tensor/tensor.ts';
import type { MeanOutputs } from './biasCompensation.ts';

/** mean over rows and positions of z, [N H] a layer, in double precision; one row of ids at a time. */
export async function meanOutputs(
  model: Model,
  rows: readonly (readonly number[])[],
  signal?: AbortSignal,
): Promise<MeanOutputs> {
  const { layers, heads, headWidth } = model.family.shape;
  const sums = Array.from({ length: layers }, () => new Float64Array(heads * headWidth));
  let tokens = 0;
  for (const ids of rows) {
    const request = { ids: [ids], capture: [{ site: 'z' as const }], logits: 'none' as const };
    const activations = await model.forward({ ...request, ...(signal === undefined ? {} : { signal }) });
    for (const [layer, sum] of sums.entries()) {
      const z = activations.get('z', layer);
      if (axisSize(z, 'P') !== ids.length) throw new RangeError('z has another number of positions than the row');
      z.data.forEach((value, i) => (sum[i % sum.length] = (sum[i % sum.length] ?? 0) + value));
    }
    tokens += ids.length;
  }
  return sums.map((sum) => Float32Array.from(sum, (value) => value / tokens));
}

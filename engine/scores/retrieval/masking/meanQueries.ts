/** The mean query of every head over texts: what `meanQuery` puts in a query's place. */
import type { Model } from '../../../run/index.ts';
import type { EditValue } from '../../../terms/edits.ts';

/** Per layer [N H], over all positions of all texts, summed in float64. */
export async function meanQueries(
  model: Model,
  texts: readonly (readonly number[])[],
  signal: AbortSignal,
): Promise<readonly EditValue[]> {
  const { layers, heads, headWidth } = model.family.shape;
  const sums = Array.from({ length: layers }, () => new Float64Array(heads * headWidth));
  for (const ids of texts) {
    const activations = await model.forward({ ids: [ids], capture: [{ site: 'q' }], logits: 'none', signal });
    sums.forEach((sum, layer) => addPositions(sum, activations.get('q', layer).data));
  }
  const positions = texts.reduce((total, ids) => total + ids.length, 0);
  return sums.map((sum) => ({
    axes: 'N H',
    shape: [heads, headWidth],
    data: Float32Array.from(sum, (value) => value / positions),
  }));
}

/** Values [P, ...]: the first axis is summed over. */
function addPositions(sum: Float64Array, values: Float32Array): void {
  for (let i = 0; i < values.length; i++) sum[i % sum.length] = (sum[i % sum.length] ?? 0) + (values[i] ?? 0);
}

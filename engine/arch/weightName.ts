/** What a weight is called. */
import type { WeightSource } from './architecture.ts';

/** `model.layers.0.mlp.up_proj.weight`, with its rows where several weights are stored as one tensor; tied weights share one. */
export function weightName({ tensors, rows }: Pick<WeightSource, 'tensors' | 'rows'>): string {
  const [name] = tensors;
  if (name === undefined) throw new RangeError('a weight source names no tensor');
  return rows === undefined ? name : `${name}[${rows.join(':')}]`;
}

/** The head beside another, on the matrix of heads. */
import type { HeadRef } from '../../../engine/results/units.ts';
import type { HeadShape } from '../../marks/headShape.ts';

/** As near as the model has one. */
export function nearestHead(shape: HeadShape, { layer, head }: HeadRef): HeadRef {
  const within = (value: number, count: number) => Math.min(count - 1, Math.max(0, value));
  const row = within(layer, shape.layers);
  return { layer: row, head: within(head, shape.headsOf?.[row] ?? shape.heads) };
}

/** One further in the order of layers and heads; the last has none after it. */
export function headBeside(shape: HeadShape, { layer, head }: HeadRef, step: 1 | -1): HeadRef {
  const count = shape.headsOf?.[layer] ?? shape.heads;
  const next = head + step;
  if (next >= 0 && next < count) return { layer, head: next };
  const row = layer + step;
  if (row < 0 || row >= shape.layers) return { layer, head };
  return nearestHead(shape, { layer: row, head: step > 0 ? 0 : shape.heads });
}

/** How a weight lies in a checkpoint of its family. */
import type { Axis } from '../terms/axes.ts';
import type { WeightSource } from './architecture.ts';

const headAxes: readonly Axis[] = ['N', 'G', 'R', 'C', 'H'];

/** Dimensions of the stored values: neighbouring head axes are one dimension unless the family keeps them apart. */
export function storedShape({ axes, apart }: Pick<WeightSource, 'axes' | 'apart'>): number[] {
  const shape: number[] = [];
  let joins = false;
  for (const { axis, size } of axes) {
    const isHead = apart !== true && headAxes.includes(axis);
    if (isHead && joins) shape.push((shape.pop() ?? 1) * size);
    else shape.push(size);
    joins = isHead;
  }
  return shape;
}

/** The product of two tensors over named axes. */
import type { Axis } from '../../terms/axes.ts';
import type { Dense } from '../dense.ts';
import { dense, hasDenseAxis, offsets, stretchedLengths } from '../dense.ts';
import { lowerContract } from '../matmul.ts';
import type { Rows } from '../primitive.ts';
import { maySizesAgree, stretchedSize } from '../shapes.ts';
import type { AxisSize, Value, ValueType } from '../value.ts';
import { axisNames, hasAxis, sizeOfAxis } from '../value.ts';
import type { View } from '../view.ts';

function contractShape(inputs: readonly ValueType[], axes: readonly Axis[]): ValueType | string {
  const [a, b] = inputs;
  if (inputs.length !== 2 || a?.dtype !== 'float32' || b?.dtype !== 'float32') return 'two float32 operands';
  if (new Set(axes).size !== axes.length) return 'each result axis once';
  const known = [...new Set([...axisNames(a), ...axisNames(b)])];
  const unknown = axes.find((axis) => !known.includes(axis));
  if (unknown !== undefined) return `an operand with axis ${unknown}`;
  const fault = known.find((axis) => !axes.includes(axis) && !isContractible(a, b, axis));
  if (fault !== undefined)
    return `axis ${fault}, which the result ${axes.join(' ')} lacks, in both operands with one size`;
  const result: AxisSize[] = [];
  for (const axis of axes) {
    const size = stretchedSize([a, b].filter((type) => hasAxis(type, axis)).map((type) => sizeOfAxis(type, axis)));
    if (size === null) return `sizes of ${axis} to be equal, 1 or dynamic`;
    result.push({ axis, size });
  }
  return { dtype: 'float32', axes: result };
}

function isContractible(a: ValueType, b: ValueType, axis: Axis): boolean {
  return hasAxis(a, axis) && hasAxis(b, axis) && maySizesAgree(sizeOfAxis(a, axis), sizeOfAxis(b, axis));
}

/** out[free] = sum over the contracted axes of a * b. */
function evaluateContract(a: Dense, b: Dense, type: ValueType): Dense {
  const axes = stretchedLengths(type, [a, b]);
  const contracted = a.axes.filter(({ axis }) => hasDenseAxis(b, axis) && !hasAxis(type, axis));
  const [outerA, outerB, innerA, innerB] = [
    offsets(a, axes),
    offsets(b, axes),
    offsets(a, contracted),
    offsets(b, contracted),
  ];
  const data = new Float64Array(outerA.length);
  for (let i = 0; i < data.length; i++) {
    const [startA, startB] = [outerA[i] as number, outerB[i] as number];
    let sum = 0;
    for (let k = 0; k < innerA.length; k++) {
      sum += (a.data[startA + (innerA[k] as number)] as number) * (b.data[startB + (innerB[k] as number)] as number);
    }
    data[i] = sum;
  }
  return dense(axes, data);
}

export const productRows: Rows<'contract'> = {
  contract: {
    shape: ({ axes }, inputs) => contractShape(inputs, axes),
    evaluate: (_, [a, b], type) => evaluateContract(a as Dense, b as Dense, type),
    lower: (to, [a, b], type) => lowerContract(to, a as View, b as View, type),
    // y = sum a b  =>  da = sum over b's free axes of dy b,  db = sum over a's free axes of dy a
    gradient: ({ g, fit }, [a, b], _, d) => {
      const [left, right] = [a as Value, b as Value];
      const to = (operand: Value, other: Value) =>
        fit(g.contract(d, other, axisNames(operand.type).join(' ')), operand);
      return [to(left, right), to(right, left)];
    },
  },
};

/** Rotary position embedding (Su et al. 2021, arXiv:2104.09864). */
import type { Dense } from '../dense.ts';
import { dense, lengthOf, lengthsOf, offsets, without } from '../dense.ts';
import type { Lowering } from '../lowering.ts';
import type { Rows } from '../primitive.ts';
import { maySizesAgree } from '../shapes.ts';
import type { Value, ValueType } from '../value.ts';
import { hasAxis, sizeOfAxis } from '../value.ts';
import { rotaryNodes } from '../rotary.ts';
import type { View } from '../view.ts';

function rotaryShape(inputs: readonly ValueType[]): ValueType | string {
  const [x, cos, sin] = inputs;
  if (inputs.length !== 3 || x === undefined || cos === undefined || sin === undefined) return 'x, cos and sin';
  if (inputs.some(({ dtype }) => dtype !== 'float32')) return 'float32 operands';
  if (!hasAxis(x, 'H') || hasAxis(x, 'J')) return 'x with axis H and without J';
  for (const angle of [cos, sin]) {
    if (!hasAxis(angle, 'J')) return 'cos and sin with axis J';
    const fits = angle.axes.every(
      ({ axis, size }) =>
        axis === 'J' || (hasAxis(x, axis) && (size === 1 || maySizesAgree(size, sizeOfAxis(x, axis)))),
    );
    if (!fits || hasAxis(angle, 'H')) return 'cos and sin whose other axes stretch to those of x';
  }
  const [width, half] = [sizeOfAxis(x, 'H'), sizeOfAxis(cos, 'J')];
  if (width === 'dynamic' || half === 'dynamic' || half !== sizeOfAxis(sin, 'J') || 2 * half > width) {
    return 'axes H and J of fixed size, with 2 J no more than H';
  }
  return x;
}

/** x1' = x1 cos - x2 sin, x2' = x2 cos + x1 sin for the pairs (x1, x2) of the first 2 J entries of H. */
function evaluateRotary(x: Dense, cos: Dense, sin: Dense, interleaved: boolean): Dense {
  const half = lengthOf(cos, 'J');
  const outer = without(x, ['H']);
  const along = offsets(x, lengthsOf(x, ['H']));
  const data = Float64Array.from(x.data);
  const [starts, cosStarts, sinStarts] = [offsets(x, outer), offsets(cos, outer), offsets(sin, outer)];
  const [cosSteps, sinSteps] = [offsets(cos, lengthsOf(cos, ['J'])), offsets(sin, lengthsOf(sin, ['J']))];
  starts.forEach((start, i) => {
    for (let j = 0; j < half; j++) {
      const first = start + (along[interleaved ? 2 * j : j] as number);
      const second = start + (along[interleaved ? 2 * j + 1 : j + half] as number);
      const c = cos.data[(cosStarts[i] as number) + (cosSteps[j] as number)] as number;
      const s = sin.data[(sinStarts[i] as number) + (sinSteps[j] as number)] as number;
      const [x1, x2] = [x.data[first] as number, x.data[second] as number];
      data[first] = x1 * c - x2 * s;
      data[second] = x2 * c + x1 * s;
    }
  });
  return dense(x.axes, data);
}

export const positionRows: Rows<'rotary'> = {
  rotary: {
    shape: (_, inputs) => rotaryShape(inputs),
    evaluate: ({ interleaved }, [x, cos, sin]) => evaluateRotary(x as Dense, cos as Dense, sin as Dense, interleaved),
    lower: (to: Lowering, [x, cos, sin], type, { interleaved }) =>
      rotaryNodes(to, x as View, cos as View, sin as View, type, interleaved),
    // A rotation's transpose is the rotation back: dx = rotary(dy, cos, -sin)
    gradient: ({ g }, [, cos, sin], _, d, { interleaved }) => [
      g.rotary(d, cos as Value, g.negate(sin as Value), interleaved),
      null,
      null,
    ],
  },
};

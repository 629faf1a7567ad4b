/** The kernels that end a step, whatever gave the gradient: lengths, what holds rows, Adam. */
import type { StepVectors } from '../wasm/adam.ts';
import { adamRow, dot, holdRow, removeAlong } from '../wasm/adam.ts';
import type { FunctionBuilder, Local } from '../wasm/functionBuilder.ts';
import { f32, f32x4, i32 } from '../wasm/instructions.ts';
import type { ModuleBuilder } from '../wasm/moduleBuilder.ts';
import { numbers } from './stepLayout.ts';

/** Exported functions for rows of a length: `square8(...)` for rows of 8. */
export const kernelNames = {
  square: (length: number) => `square${length}`,
  tangent: (length: number) => `tangent${length}`,
  adam: (length: number) => `adam${length}`,
  hold: (length: number) => `hold${length}`,
} as const;

/**
 * `square(values, rows, into)`: |row|^2 of each row, a float each.
 * `tangent(gradient, weight, rows)`: rows of the gradient lose what would change the length of the weight's.
 * `adam(weight, gradient, first, second, rows, kept)`: `kept` is 1 - rate times weight decay.
 * `hold(weight, rows, norm)`: to the ball or the sphere.
 */
export function defineUpdates(module: ModuleBuilder, length: number): void {
  const bytes = 4 * length;
  const { square, tangent, adam, hold } = kernelNames;
  module.define(square(length), ['i32', 'i32', 'i32'], (f, values, rows, into) =>
    overRows(f, bytes, rows, { values }, (at, i) =>
      f.do(f32.store(i32.add(into, i32.shl(i, 2)), dot(f, bytes, at.values, at.values))),
    ),
  );
  module.define(tangent(length), ['i32', 'i32', 'i32'], (f, gradient, weight, rows) =>
    overRows(f, bytes, rows, { gradient, weight }, (at) => removeAlong(f, bytes, at.gradient, at.weight)),
  );
  module.define(
    adam(length),
    ['i32', 'i32', 'i32', 'i32', 'i32', 'f32'],
    (f, weight, gradient, first, second, rows, keeps) => {
      const step = stepVectors(f);
      const kept = f.keep(f32x4.splat(keeps));
      overRows(f, bytes, rows, { weight, gradient, first, second }, (at) => adamRow(f, bytes, at, kept, step));
    },
  );
  module.define(hold(length), ['i32', 'i32', 'i32'], (f, weight, rows, norm) =>
    overRows(f, bytes, rows, { weight }, (at) => holdRow(f, bytes, norm, at.weight)),
  );
}

/** Rows i = 0, 1, ... of several arrays of the same form: their addresses. */
function overRows<Arrays extends Readonly<Record<string, Local<'i32'>>>>(
  f: FunctionBuilder,
  bytes: number,
  rows: Local<'i32'>,
  arrays: Arrays,
  body: (row: Arrays, i: Local<'i32'>) => void,
): void {
  f.range(0, rows, 1, (i) => {
    const offset = f.keep(i32.mul(i, bytes));
    const at = Object.entries(arrays).map(([name, base]) => [name, f.keep(i32.add(base, offset))] as const);
    body(Object.fromEntries(at) as Arrays, i);
  });
}

function stepVectors(f: FunctionBuilder): StepVectors {
  const fed = (address: number) => f.keep(f32x4.splat(f32.load(address)));
  return {
    beta1: fed(numbers.beta1),
    beta2: fed(numbers.beta2),
    fresh1: fed(numbers.fresh1),
    fresh2: fed(numbers.fresh2),
    rate: fed(numbers.rate),
    correction: fed(numbers.correction),
    epsilon: fed(numbers.epsilon),
    clip: fed(numbers.clip),
  };
}

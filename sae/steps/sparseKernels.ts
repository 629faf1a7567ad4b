/** Reconstruction from few codes, and the way back: work in proportion to the codes, not to the dictionary. */
import type { FunctionBuilder, Local } from '../wasm/functionBuilder.ts';
import { f32, f32x4, i32, v128 } from '../wasm/instructions.ts';
import { overVectors, sumOver } from '../wasm/loops.ts';
import type { ModuleBuilder } from '../wasm/moduleBuilder.ts';
import type { StepLayout } from './stepLayout.ts';
import { addressOf } from './stepLayout.ts';

/** Rows of the encoder are its columns: W_enc transposed [F D], for a code needs one of them. */
export const weightNames = { encoder: 'W_enc', encoderBias: 'b_enc', decoder: 'W_dec', bias: 'b_dec' } as const;

/**
 * `reconstruct(rows, starts, indices, values, first, into)`: into_b = the row at `first` + sum f_i W_dec[i].
 * `backward(rows, starts, indices, values, error, input, scale, pull)`, with g_b = scale error_b the gradient in the reconstruction,
 * c_b the encoder's input and [F] at `pull` what a code costs by itself: for each code, dW_dec[i] += f_i g_b,
 * s = g_b . W_dec[i] + pull_i, dW_enc[i] += s c_b, db_enc[i] += s.
 * `addScaled(factors)`: dW_dec[i] += factors_i W_dec[i], [F] at `factors`, where it is above 0.
 * `biasGradient(rows, error, scale, through)`: db_dec = sum g_b - through sum_i db_enc[i] W_enc[i], for c = x - b_dec.
 */
export function defineSparse(module: ModuleBuilder, layout: StepLayout, width: number, features: number): void {
  const bytes = 4 * width;
  const weight = (name: string) => addressOf(layout, 'weight', name);
  const gradient = (name: string) => addressOf(layout, 'gradient', name);
  module.define(
    'reconstruct',
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    (f, rows, starts, indices, values, first, into) =>
      f.range(0, rows, 1, (row) => {
        const out = f.keep(i32.add(into, i32.mul(row, bytes)));
        overVectors(f, bytes, (k, at) => f.do(v128.store(i32.add(out, k), v128.load(i32.add(first, k), at), at)));
        overEntries(f, { row, starts, indices, values }, (feature, value) => {
          const atom = f.keep(i32.add(weight(weightNames.decoder), i32.mul(feature, bytes)));
          addTimes(f, bytes, out, f.keep(f32x4.splat(value)), atom);
        });
      }),
  );
  module.define(
    'backward',
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'f32', 'i32'],
    (f, rows, starts, indices, values, error, input, scale, pull) =>
      f.range(0, rows, 1, (row) => {
        const [g, c] = [error, input].map((base) => f.keep(i32.add(base, i32.mul(row, bytes)))) as [
          Local<'i32'>,
          Local<'i32'>,
        ];
        overEntries(f, { row, starts, indices, values }, (feature, value) => {
          const offset = f.keep(i32.mul(feature, bytes));
          const atom = f.keep(i32.add(weight(weightNames.decoder), offset));
          const intoAtom = f.keep(i32.add(gradient(weightNames.decoder), offset));
          const times = f.keep(f32x4.splat(f32.mul(scale, value)));
          const along = sumOver(f, bytes, (k, at) => {
            const part = f.keep(v128.load(i32.add(g, k), at));
            const sum = f32x4.add(v128.load(i32.add(intoAtom, k), at), f32x4.mul(times, part));
            f.do(v128.store(i32.add(intoAtom, k), sum, at));
            return f32x4.mul(part, v128.load(i32.add(atom, k), at));
          });
          const place = f.keep(i32.shl(feature, 2));
          const slope = f.keep(f32.add(f32.mul(scale, along), f32.load(i32.add(pull, place))));
          addTimes(f, bytes, f.keep(i32.add(gradient(weightNames.encoder), offset)), f.keep(f32x4.splat(slope)), c);
          const bias = f.keep(i32.add(gradient(weightNames.encoderBias), place));
          f.do(f32.store(bias, f32.add(f32.load(bias), slope)));
        });
      }),
  );
  module.define('addScaled', ['i32'], (f, factors) =>
    f.range(0, features, 1, (feature) => {
      const factor = f.keep(f32.load(i32.add(factors, i32.shl(feature, 2))));
      f.when(f32.gt(factor, 0), () => {
        const offset = f.keep(i32.mul(feature, bytes));
        const [into, atom] = [gradient, weight].map((of) => f.keep(i32.add(of(weightNames.decoder), offset))) as [
          Local<'i32'>,
          Local<'i32'>,
        ];
        addTimes(f, bytes, into, f.keep(f32x4.splat(factor)), atom);
      });
    }),
  );
  module.define('biasGradient', ['i32', 'i32', 'f32', 'f32'], (f, rows, error, scale, through) => {
    const into = f.i32(gradient(weightNames.bias));
    const times = f.keep(f32x4.splat(scale));
    f.range(0, rows, 1, (row) => addTimes(f, bytes, into, times, f.keep(i32.add(error, i32.mul(row, bytes)))));
    const less = f.keep(f32.negate(through));
    f.range(0, features, 1, (feature) => {
      const slope = f32.load(i32.add(gradient(weightNames.encoderBias), i32.shl(feature, 2)));
      const column = f.keep(i32.add(weight(weightNames.encoder), i32.mul(feature, bytes)));
      addTimes(f, bytes, into, f.keep(f32x4.splat(f32.mul(less, slope))), column);
    });
  });
}

interface Lists {
  readonly row: Local<'i32'>;
  readonly starts: Local<'i32'>;
  readonly indices: Local<'i32'>;
  readonly values: Local<'i32'>;
}

function overEntries(
  f: FunctionBuilder,
  { row, starts, indices, values }: Lists,
  body: (feature: Local<'i32'>, value: Local<'f32'>) => void,
): void {
  const start = f.keep(i32.add(starts, i32.shl(row, 2)));
  const end = f.keep(i32.shl(i32.load(start, 4), 2));
  f.range(i32.shl(i32.load(start), 2), end, 4, (entry) =>
    body(f.keep(i32.load(i32.add(indices, entry))), f.keep(f32.load(i32.add(values, entry)))),
  );
}

/** into += times row */
function addTimes(
  f: FunctionBuilder,
  bytes: number,
  into: Local<'i32'>,
  times: Local<'v128'>,
  row: Local<'i32'>,
): void {
  overVectors(f, bytes, (k, at) => {
    const sum = f32x4.add(v128.load(i32.add(into, k), at), f32x4.mul(times, v128.load(i32.add(row, k), at)));
    f.do(v128.store(i32.add(into, k), sum, at));
  });
}

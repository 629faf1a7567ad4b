/** Adam on vectors of weights, and what holds rows to a ball or a sphere: pieces of kernels. */
import type { Expression } from './expression.ts';
import type { FunctionBuilder, Local } from './functionBuilder.ts';
import type { I32, V128 } from './instructions.ts';
import { f32, f32x4, i32, v128 } from './instructions.ts';
import { overVectors, sumOver } from './loops.ts';

/** What rows are held to after a step, as kernels are told. */
export const normCodes = { free: 0, ball: 1, sphere: 2 } as const;

/** What all rows of a step share: each the same four times. */
export interface StepVectors {
  readonly beta1: V128;
  readonly beta2: V128;
  /** 1 - beta1, 1 - beta2 */
  readonly fresh1: V128;
  readonly fresh2: V128;
  /** rate / (1 - beta1^t) and 1 / (1 - beta2^t) */
  readonly rate: V128;
  readonly correction: V128;
  readonly epsilon: V128;
  /** min(1, clip / (|g| + 1e-6)) */
  readonly clip: V128;
}

/** Addresses of as many values each. */
export type AdamRows = Readonly<Record<'weight' | 'gradient' | 'first' | 'second', Local<'i32'>>>;

/** min(1, clip / (|g| + 1e-6)) over the whole gradient. */
export function clipOf(square: Expression<'f32'>, clip: Expression<'f32'>): Expression<'f32'> {
  return f32.min(1, f32.div(clip, f32.add(f32.sqrt(square), 1e-6)));
}

/**
 * With g scaled by `clip`: m <- beta1 m + (1 - beta1) g,  v <- beta2 v + (1 - beta2) g^2,
 * w <- kept w - rate m / (sqrt(v correction) + epsilon)  (Adam, Kingma and Ba 2015; decay, Loshchilov and Hutter 2019).
 */
export function adamRow(f: FunctionBuilder, bytes: number, rows: AdamRows, kept: V128, step: StepVectors): void {
  const { weight, gradient, first, second } = rows;
  const { beta1, beta2, fresh1, fresh2, rate, correction, epsilon, clip } = step;
  const { add, mul, sub, div, sqrt } = f32x4;
  overVectors(f, bytes, (k, offset) => {
    const load = (base: Local<'i32'>) => v128.load(i32.add(base, k), offset);
    const g = f.keep(mul(clip, load(gradient)));
    const m = f.keep(add(mul(beta1, load(first)), mul(fresh1, g)));
    const v = f.keep(add(mul(beta2, load(second)), mul(fresh2, mul(g, g))));
    const change = div(mul(rate, m), add(sqrt(mul(correction, v)), epsilon));
    f.do(v128.store(i32.add(first, k), m, offset), v128.store(i32.add(second, k), v, offset));
    f.do(v128.store(i32.add(weight, k), sub(mul(kept, load(weight)), change), offset));
  });
}

/** g <- g - (g . d / |d|^2) d: what would change the length of row d goes. */
export function removeAlong(f: FunctionBuilder, rowBytes: number, gradient: Local<'i32'>, atom: Local<'i32'>): void {
  // A row of zeros stays one instead of becoming NaN.
  const square = f32.max(dot(f, rowBytes, atom, atom), 1e-16);
  const share = f.keep(f32x4.splat(f32.div(dot(f, rowBytes, gradient, atom), square)));
  overVectors(f, rowBytes, (k, offset) => {
    const part = f32x4.mul(share, v128.load(i32.add(atom, k), offset));
    f.do(v128.store(i32.add(gradient, k), f32x4.sub(v128.load(i32.add(gradient, k), offset), part), offset));
  });
}

/** To the ball, d / max(1, |d|), or to the sphere, d / |d|, as the code at `norm` says. */
export function holdRow(f: FunctionBuilder, rowBytes: number, norm: I32, row: Local<'i32'>): void {
  const length = f.keep(f32.sqrt(dot(f, rowBytes, row, row)));
  const by = f32.select(i32.eq(norm, normCodes.ball), f32.max(length, 1), f32.max(length, 1e-8));
  const scale = f.keep(f32x4.splat(f32.div(1, by)));
  overVectors(f, rowBytes, (k, offset) =>
    f.do(v128.store(i32.add(row, k), f32x4.mul(scale, v128.load(i32.add(row, k), offset)), offset)),
  );
}

export function dot(f: FunctionBuilder, bytes: number, a: Local<'i32'>, b: Local<'i32'>): Expression<'f32'> {
  return sumOver(f, bytes, (k, offset) =>
    f32x4.mul(v128.load(i32.add(a, k), offset), v128.load(i32.add(b, k), offset)),
  );
}

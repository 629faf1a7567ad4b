/** Loops and sums that all kernels use. */
import type { FunctionBuilder, Local } from './functionBuilder.ts';
import type { Expression } from './expression.ts';
import type { V128 } from './instructions.ts';
import { f32, f32x4, i32x4, v128 } from './instructions.ts';

/** Bytes of a vector. */
export const STEP = 16;

/** The largest of 8, 4, 2 and 1 that divides the number of vectors. */
export function unrolling(vectors: number): number {
  return [8, 4, 2].find((times) => vectors % times === 0) ?? 1;
}

/** Runs the body for each vector of a row of `bytes`: at address `base` + at + offset for any base. */
export function overVectors(f: FunctionBuilder, bytes: number, body: (at: Local<'i32'>, offset: number) => void): void {
  const times = unrolling(bytes / STEP);
  f.range(0, bytes, STEP * times, (at) => {
    for (let i = 0; i < times; i++) body(at, STEP * i);
  });
}

/** (a0 + a1) + (a2 + a3) */
function sumOfLanes(vector: V128): Expression<'f32'> {
  const lane = (i: number) => f32x4.lane(vector, i);
  return f32.add(f32.add(lane(0), lane(1)), f32.add(lane(2), lane(3)));
}

/** Sum over a row of what is computed from each vector. */
export function sumOver(
  f: FunctionBuilder,
  bytes: number,
  each: (at: Local<'i32'>, offset: number) => V128,
): Local<'f32'> {
  const sum = f.v128(v128.zero());
  overVectors(f, bytes, (at, offset) => f.set(sum, f32x4.add(sum, each(at, offset))));
  return f.keep(sumOfLanes(sum));
}

/** In every lane: the result of the operation over all four. */
export function acrossLanes(f: FunctionBuilder, vector: V128, operation: (a: V128, b: V128) => V128): Local<'v128'> {
  const whole = f.keep(vector);
  const halves = f.keep(operation(whole, i32x4.shuffle(whole, whole, [2, 3, 0, 1])));
  return f.keep(operation(halves, i32x4.shuffle(halves, halves, [1, 0, 3, 2])));
}

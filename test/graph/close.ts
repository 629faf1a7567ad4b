import type { Tensor } from 'onnxruntime-node';
import { expect } from 'vitest';
import type { Dense } from '../../engine/graph/dense.ts';

/**
 * Same shape, and every value within `tolerance` of the largest magnitude; of `unit` where that is larger
 * (sums whose terms are that large and may cancel).
 */
export function expectClose(got: Tensor | undefined, expected: Dense, what: string, tolerance = 1e-5, unit = 0): void {
  expect(got?.dims, what).toEqual(expected.axes.map(({ size }) => size));
  expect(largestDifference(got?.data as Float32Array, expected.data, unit), what).toBeLessThanOrEqual(tolerance);
}

/** The same axes and, up to rounding in float64, the same values. */
export function expectSame(got: Dense | undefined, expected: Dense, what: string): void {
  expect(got?.axes, what).toEqual(expected.axes);
  expect(largestDifference(got?.data ?? [], expected.data, 1), what).toBeLessThanOrEqual(1e-12);
}

/** max |got - expected| / max |expected|; NaN counts as infinite. */
function largestDifference(got: ArrayLike<number>, expected: Dense['data'], unit: number): number {
  let [difference, magnitude] = [0, unit];
  expected.forEach((value, i) => {
    const distance = Math.abs(value - (got[i] as number));
    difference = Math.max(difference, Number.isNaN(distance) ? Infinity : distance);
    magnitude = Math.max(magnitude, Math.abs(value));
  });
  return magnitude === 0 ? difference : difference / magnitude;
}

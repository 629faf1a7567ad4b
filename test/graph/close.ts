import type { Tensor } from 'onnxruntime-node';
import { expect } from 'vitest';
import type { Dense } from '../../engine/graph/dense.ts';

/** Same shape, and every value within `tolerance` of the largest magnitude. */
export function expectClose(got: Tensor | undefined, expected: Dense, what: string, tolerance = 1e-5): void {
  expect(got?.dims, what).toEqual(expected.axes.map(({ size }) => size));
  expect(largestDifference(got?.data as Float32Array, expected.data), what).toBeLessThanOrEqual(tolerance);
}

/** max |got - expected| / max |expected|; NaN counts as infinite. */
function largestDifference(got: Float32Array, expected: Float64Array): number {
  let [difference, magnitude] = [0, 0];
  expected.forEach((value, i) => {
    const distance = Math.abs(value - (got[i] as number));
    difference = Math.max(difference, Number.isNaN(distance) ? Infinity : distance);
    magnitude = Math.max(magnitude, Math.abs(value));
  });
  return magnitude === 0 ? difference : difference / magnitude;
}

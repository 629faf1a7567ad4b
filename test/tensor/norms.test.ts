import { expect, it } from 'vitest';
import { norms } from '../../engine/tensor/norms.ts';
import { tensor } from '../../engine/tensor/tensor.ts';

it('takes the length of each vector along the last axis', () => {
  const x = tensor(Float32Array.of(3, 4, 0, 1, 2, 2, 0, 0, 0, -7, 0, 0), [
    { axis: 'B', size: 2 },
    { axis: 'P', size: 2 },
    { axis: 'D', size: 3 },
  ]);
  expect(norms(x).axes).toEqual([
    { axis: 'B', size: 2 },
    { axis: 'P', size: 2 },
  ]);
  expect([...norms(x).data]).toEqual([5, 3, 0, 7]);
});

it('sums in float64: many small values are not lost beside a large one', () => {
  const data = new Float32Array(20_001).fill(1e-4);
  data[0] = 1;
  const { data: found } = norms(tensor(data, [{ axis: 'D', size: data.length }]));
  expect(found[0]).toBe(Math.fround(Math.sqrt(1 + 20_000 * Math.fround(1e-4) ** 2)));
});

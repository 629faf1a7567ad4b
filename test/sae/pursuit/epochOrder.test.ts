import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../engine/tensor/random.ts';
import { EpochOrder } from '../../../sae/pursuit/epochOrder.ts';
import { replacementRows } from '../../../sae/pursuit/replacementRows.ts';

describe('the order of rows', () => {
  it('has every row once in an epoch, and epochs differ', () => {
    const order = new EpochOrder(12, 4, 1);
    const epoch = (number: number) => [0, 1, 2].flatMap((batch) => [...order.rowsOf(3 * number + batch)]);
    expect(epoch(0).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => i));
    expect(epoch(1)).not.toEqual(epoch(0));
  });

  it('is that of the seed, whichever step is asked for first', () => {
    const [first, second] = [new EpochOrder(10, 3, 7), new EpochOrder(10, 3, 7)];
    const late = [...first.rowsOf(20)];
    for (let step = 0; step < 20; step++) second.rowsOf(step);
    expect([...second.rowsOf(20)]).toEqual(late);
    expect([...new EpochOrder(10, 3, 8).rowsOf(20)]).not.toEqual(late);
  });
});

describe('a batch larger than the data', () => {
  it('is refused', () => {
    expect(() => new EpochOrder(39, 40, 1)).toThrow('rows of a step: expected at most 39, which there are, got 40');
  });
});

describe('rows that replace dead atoms', () => {
  it('are drawn by the square of the loss, never twice, never without an error', () => {
    const random = seededRandom(1);
    const counts = [0, 0, 0];
    for (let draw = 0; draw < 2000; draw++) {
      const [row] = replacementRows([1, 3, 0], 1, random);
      counts[row as number] = (counts[row as number] as number) + 1;
    }
    expect((counts[1] as number) / 2000).toBeCloseTo(0.9, 1);
    expect(counts[2]).toBe(0);
    expect(replacementRows([1, 3, 0], 3, random).toSorted((a, b) => a - b)).toEqual([0, 1]);
  });
});

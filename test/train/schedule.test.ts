import { describe, expect, it } from 'vitest';
import type { Schedule } from '../../engine/train/schedule.ts';
import { learningRate } from '../../engine/train/schedule.ts';

const cosine: Schedule = { kind: 'cosine', peak: 2e-3, warmup: 10, floor: 0.1 };
const rates = (schedule: Schedule, steps: number) =>
  Array.from({ length: steps }, (_, step) => learningRate(schedule, step, steps));

describe('the learning rate', () => {
  it('rises in equal steps, and is at its peak when the warm-up ends', () => {
    const warm = rates(cosine, 111).slice(0, 11);
    warm.slice(0, 10).forEach((rate, i) => expect(rate).toBeCloseTo((2e-3 * (i + 1)) / 10, 15));
    expect(warm[10]).toBeCloseTo(2e-3, 15);
  });

  it('falls along a cosine to its floor at the last step', () => {
    const all = rates(cosine, 111);
    expect(all.at(-1)).toBeCloseTo(2e-4, 15);
    // Half way between warm-up and end: half way between peak and floor.
    expect(all[60]).toBeCloseTo((2e-3 + 2e-4) / 2, 15);
    expect(all[35]).toBeCloseTo(2e-4 + 1.8e-3 * ((1 + Math.SQRT1_2) / 2), 15);
    all.slice(10, -1).forEach((rate, i) => expect(all[i + 11]).toBeLessThan(rate));
  });

  it('falls along a line', () => {
    const all = rates({ ...cosine, kind: 'linear' }, 111);
    expect([all[10], all[35], all[60], all[110]].map((rate) => Number(rate?.toFixed(10)))).toEqual([
      2e-3, 1.55e-3, 1.1e-3, 2e-4,
    ]);
  });

  it('stays at its peak where it is constant', () => {
    const all = rates({ ...cosine, kind: 'constant' }, 20);
    expect([all[4], all[9], all[10], all[19]]).toEqual([1e-3, 2e-3, 2e-3, 2e-3]);
  });

  it('stays at its peak for a share of the steps before it falls', () => {
    const all = rates({ ...cosine, kind: 'linear', hold: 0.8 }, 111);
    expect([all[9], all[10], all[89], all[110]].map((rate) => Number(rate?.toFixed(10)))).toEqual([
      2e-3, 2e-3, 2e-3, 2e-4,
    ]);
    expect(all[90]).toBeLessThan(2e-3);
    // A warm-up that is longer than the hold comes first.
    expect(rates({ ...cosine, hold: 0.01 }, 111)).toEqual(rates(cosine, 111));
  });

  it('begins at its peak without a warm-up, and may be warm-up only', () => {
    expect(rates({ ...cosine, warmup: 0 }, 3)).toEqual([2e-3, expect.closeTo(1.1e-3, 12), expect.closeTo(2e-4, 12)]);
    expect(rates({ ...cosine, warmup: 4 }, 4).at(-1)).toBe(2e-3);
    expect(rates({ ...cosine, warmup: 0 }, 1)).toEqual([2e-3]);
  });
});

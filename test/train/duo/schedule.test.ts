import { describe, expect, it } from 'vitest';
import { duoSchedules } from '../../../engine/results/duoSchedules.ts';
import { rateShare, scaledPasskeys } from '../../../engine/train/duo/duoSettings.ts';

describe('the learning rate of gates', () => {
  it('rises over the first fifth, stays, and falls over the last to a tenth', () => {
    const shares = Array.from({ length: 100 }, (_, step) => rateShare(step, 100));
    expect(shares[0]).toBe(0.1);
    expect(shares[9]).toBe(0.5);
    expect(shares[19]).toBe(1);
    expect(shares.slice(19, 81).every((share) => share === 1)).toBe(true);
    expect(shares[90]).toBe(0.5);
    expect(shares[99]).toBe(0.1);
  });

  it('is at its peak where a run is shorter than five steps', () => {
    expect([0, 1, 2].map((step) => rateShare(step, 3))).toEqual([1, 1, 1]);
  });
});

describe('the schedules', () => {
  it('has the numbers of the paper', () => {
    const { steps, sink, recent, learningRate, regularisation, seed, passkeys, lengths } = duoSchedules.paper;
    expect({ steps, sink, recent, learningRate, regularisation, seed }).toEqual({
      ...{ steps: 2000, sink: 128, recent: 256 },
      ...{ learningRate: 0.02, regularisation: 0.05, seed: 42 },
    });
    expect(passkeys).toEqual({ count: 10, words: 32 });
    expect(lengths).toEqual({ from: 1000, to: 32_000, count: 50 });
  });

  it('scales passkeys with the text, up to those of the paper', () => {
    expect(scaledPasskeys(64)).toEqual({ count: 1, words: 2 });
    expect(scaledPasskeys(512)).toEqual({ count: 4, words: 5 });
    expect(scaledPasskeys(1024)).toEqual({ count: 8, words: 10 });
    expect(scaledPasskeys(32_000)).toEqual({ count: 10, words: 32 });
  });
});

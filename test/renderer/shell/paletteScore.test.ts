import { describe, expect, it } from 'vitest';
import { paletteScore } from '../../../renderer/shell/paletteScore.ts';

describe('what is typed into the palette', () => {
  it('fits an entry that holds every word of it, in any order', () => {
    expect(paletteScore('head sink', 'Tour: A sink head')).toBeGreaterThan(0);
    expect(paletteScore('ioi kl', 'Zero ablation, KL', ['Colour heads by', 'ioi, n 64'])).toBeGreaterThan(0);
  });

  it('does not fit by letters that are strewn over an entry', () => {
    expect(paletteScore('sink head', 'Zero ablation, KL', ['Colour heads by', 'ioi, n 64'])).toBe(0);
  });

  it('puts the name itself first, then what begins with it, what holds it, and what only tells of it', () => {
    const scores = [
      paletteScore('runs', 'Runs'),
      paletteScore('runs', 'Runs of today'),
      paletteScore('runs', 'Show the runs'),
      paletteScore('runs', 'Compare', ['two runs']),
    ];
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    expect(new Set(scores).size).toBe(4);
  });
});

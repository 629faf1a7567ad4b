import { describe, expect, it } from 'vitest';
import type { ParityPlace } from '../../../engine/results/parity.ts';
import type { ParityFound } from '../../../renderer/api/parityCheck.ts';
import { foldParity } from '../../../renderer/api/parityCheck.ts';
import {
  formatDifference,
  parityAbout,
  parityBadge,
  verifiedAbout,
  verifiedBadge,
} from '../../../renderer/shell/parityWords.ts';

const parity = { worst: 3.5e-5, site: 'logits', fixtures: 9, reference: 'transformers 5.23.0' } as const;
const architecture = { id: 'llama', title: 'Llama' };

function place(layer: number | null, difference: number): ParityPlace {
  return { site: layer === null ? 'logits' : 'q', layer, difference, magnitude: 10, bound: 1e-4 };
}

describe('words on parity', () => {
  it('say of the family that it is the family', () => {
    expect(parityBadge(parity)).toBe('parity 3.5e−5');
    expect(parityAbout({ parity, architecture })).toBe(
      'Parity 3.5e−5: the largest absolute difference at any site of 9 tiny random checkpoints of the Llama family from transformers 5.23.0, found at logits. It is the family’s worst, and says nothing about this file.',
    );
    expect(parityAbout({ parity: null, architecture })).toMatch(/^The Llama family has no checkpoints/);
  });

  it('say of the model what was compared, and where it differs', () => {
    const agrees = { verdict: 'agrees', worst: place(3, 2.1e-5), over: [], tokens: 4, seconds: 1 } as const;
    expect(verifiedBadge(agrees)).toBe('verified 2.1e−6');
    expect(verifiedAbout(agrees)).toMatch(/on 4 tokens .* within 2\.1e−6 of the site’s largest value, at L3\.q/);
    const over = [place(0, 1), place(1, 1), place(2, 1), place(null, 2)];
    const differs = { verdict: 'differs', worst: place(null, 2), over, tokens: 4, seconds: 1 } as const;
    expect(verifiedBadge(differs)).toBe('differs from reference');
    expect(verifiedAbout(differs)).toMatch(/at L0\.q, L1\.q, L2\.q and 1 more; farthest by 0\.20 .* at logits/);
  });

  it('write differences short', () => {
    expect([0, 2.24e-5, 0.001, 0.0123, 1.5].map(formatDifference)).toEqual(['0', '2.2e−5', '1.0e−3', '0.012', '1.5']);
  });
});

describe('events of a comparison', () => {
  it('are folded into the places so far', () => {
    const start: ParityFound = { model: null, progress: null, places: [] };
    const one = foldParity(start, { kind: 'places', places: [place(0, 1)] });
    const two = foldParity(one, { kind: 'places', places: [place(1, 1), place(null, 1)] });
    expect(two.places.map(({ layer }) => layer)).toEqual([0, 1, null]);
    expect(foldParity(two, { kind: 'progress', of: 'steps', done: 1, total: 6 })).toMatchObject({
      ...{ progress: { done: 1 }, places: two.places },
    });
  });
});

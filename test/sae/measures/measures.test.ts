import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../engine/tensor/random.ts';
import { argMaxCodes, joinCodes, samplesOf, sparseCodes } from '../../../sae/codes.ts';
import type { Dictionary } from '../../../sae/dictionary.ts';
import { checkDictionary } from '../../../sae/dictionary.ts';
import { babel } from '../../../sae/measures/coherence.ts';
import { measured, measureFacts, measures } from '../../../sae/measures/index.ts';
import { splitting } from '../../../sae/measures/splitting.ts';
import { stability } from '../../../sae/measures/stability.ts';
import { headInput } from '../jobs.ts';

function dictionaryOf(decoder: Float32Array, width: number): Dictionary {
  const features = decoder.length / width;
  return {
    width,
    features,
    encoder: { kind: 'nearest' },
    weights: new Map([
      ['W_dec', decoder],
      ['b_dec', new Float32Array(width)],
    ] as const),
    input: headInput,
    origin: { made: 'imported', by: 'test', settings: {}, seed: null, steps: null, samples: null, text: null },
    model: null,
    density: null,
    labels: new Map(),
  };
}

function randomRows(count: number, width: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: count * width }, () => random.normal());
}

function identity(width: number): Float32Array {
  return Float32Array.from({ length: width * width }, (_, i) => Number(i % (width + 1) === 0));
}

describe('codes', () => {
  const dense = Float32Array.from([0, 2, 0, 1, 0, 0, 0, 0, 0, 3, 0, 3]);
  it('are sparse rows, that join, and whose arg-max is the first of the largest, 0 where none is active', () => {
    const codes = sparseCodes(dense, 4);
    expect([...codes.starts]).toEqual([0, 2, 2, 4]);
    expect([...codes.indices]).toEqual([1, 3, 1, 3]);
    expect([...codes.values]).toEqual([2, 1, 3, 3]);
    expect([...argMaxCodes(codes)]).toEqual([1, 0, 1]);
    const parts = joinCodes([sparseCodes(dense.subarray(0, 4), 4), sparseCodes(dense.subarray(4), 4)]);
    expect(parts).toEqual(codes);
    expect(samplesOf(codes)).toBe(3);
  });
});

describe('measures of a dictionary', () => {
  // Four rows of two, reconstructed by hand.
  const rows = { width: 2, data: Float32Array.from([1, 0, 0, 1, -1, 0, 0, -1]) };
  const reconstruction = { width: 2, data: Float32Array.from([0.5, 0, 0, 1, -1, 0, 0, 0]) };
  const dense = Float32Array.from([0.5, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0]);
  const dictionary = dictionaryOf(Float32Array.from([1, 0, 0, 1, 1, 1]), 2);
  const all = measured({ dictionary, rows, reconstruction, codes: sparseCodes(dense, 3) });

  it('say how they are computed and how they mislead', () => {
    for (const { id, formula, pitfall } of measureFacts) expect(formula.length * pitfall.length, id).toBeGreaterThan(0);
    expect(new Set(measureFacts.map(({ id }) => id)).size).toBe(measureFacts.length);
    for (const [id, measure] of Object.entries(measures)) expect(measure.id).toBe(id);
  });

  it('unexplained variance, with its bias', () => {
    // Errors 1/4 and 1 of a variance of 4.
    expect(all.unexplainedVariance.fvu).toBeCloseTo(1.25 / 4, 12);
    expect(all.unexplainedVariance.explained).toBeCloseTo(1 - 1.25 / 4, 12);
    expect(all.unexplainedVariance.bias).toBeCloseTo(2.25 / 2.5, 12);
    expect(all.unexplainedVariance.cosine).toBeCloseTo(0.75, 12);
  });

  it('active features, dead, dense, densities', () => {
    expect(all.activeFeatures).toMatchObject({ mean: 0.75, median: 1, max: 1 });
    expect([...all.activeFeatures.histogram]).toEqual([1, 3]);
    expect(all.deadAndDense).toEqual({ dead: [2], dense: [0, 1], rows: 4 });
    expect(all.densityHistogram.never).toBe(1);
    expect([...all.densityHistogram.density]).toEqual([0.5, 0.25, 0]);
    expect(all.densityHistogram.counts.reduce((a, b) => a + b, 0)).toBe(2);
    const halves = all.densityHistogram.exponents.findIndex(
      (low) => low <= Math.log10(0.5) && Math.log10(0.5) < low + 0.25,
    );
    expect(all.densityHistogram.counts[halves]).toBe(1);
  });

  it('coherence of those that are active together', () => {
    const together = sparseCodes(Float32Array.from([1, 1, 0, 1, 0, 1, 1, 0, 0]), 3);
    const threeRows = { width: 2, data: rows.data.subarray(0, 6) };
    const { coherence } = measured({ dictionary, rows: threeRows, reconstruction: threeRows, codes: together });
    // Orthogonal in the first sample, at 45 degrees in the second; the third has one feature only.
    expect(coherence.coActive).toBeCloseTo(Math.SQRT1_2 / 2, 6);
  });
});

describe('Babel (acceptance F.5)', () => {
  /** By all sets of r others. */
  function byForce(decoder: Float32Array, width: number, r: number): number {
    const features = decoder.length / width;
    const row = (i: number) => [...decoder.subarray(i * width, (i + 1) * width)];
    const cosine = (i: number, j: number) =>
      Math.abs(row(i).reduce((sum, value, d) => sum + value * (row(j)[d] as number), 0)) /
      (Math.hypot(...row(i)) * Math.hypot(...row(j)));
    const sets = (from: number, size: number): number[][] =>
      size === 0
        ? [[]]
        : Array.from({ length: features - from }, (_, i) => from + i).flatMap((i) =>
            sets(i + 1, size - 1).map((rest) => [i, ...rest]),
          );
    let largest = 0;
    for (const set of sets(0, r))
      for (let j = 0; j < features; j++)
        if (!set.includes(j))
          largest = Math.max(
            largest,
            set.reduce((sum, i) => sum + cosine(i, j), 0),
          );
    return largest;
  }

  it.each([
    [5, 3],
    [9, 4],
    [12, 6],
  ])('of %i rows of width %i is that of all sets', (features, width) => {
    const decoder = randomRows(features, width, features);
    const found = babel(decoder, width).babel;
    for (let r = 1; r <= 4; r++) expect(found[r - 1]).toBeCloseTo(byForce(decoder, width, r), 6);
  });

  it('of the identity is 0', () => {
    expect([...babel(identity(6), 6).babel]).toEqual([0, 0, 0, 0, 0]);
    expect([...babel(identity(6), 6).mean]).toEqual([0, 0, 0, 0, 0]);
  });
});

describe('stability', () => {
  it('of a dictionary and itself in another order and of other lengths is 1', async () => {
    const rows = randomRows(9, 5, 1);
    const order = seededRandom(2).shuffled(Array.from({ length: 9 }, (_, i) => i));
    const turned = new Float32Array(rows.length);
    order.forEach((from, to) =>
      turned.set(
        rows.subarray(from * 5, (from + 1) * 5).map((value) => 3 * value),
        to * 5,
      ),
    );
    const found = await stability(dictionaryOf(rows, 5), dictionaryOf(turned, 5));
    expect(found.meanCosine).toBeCloseTo(1, 6);
    expect(found.matched).toBe(1);
    expect(found.assignment).toBe('best');
    for (const { first, second } of found.matches) expect(order[second]).toBe(first);
  });

  it('finds the assignment with the largest sum, not the greedy one, also where sizes differ', async () => {
    // 0 is like both, a little more like the first; 1 is like the first only. Greedy would give 0 the first.
    const first = Float32Array.from([0.72, 0.69, 0, 0.7, 0, 0.71]);
    const second = Float32Array.from([1, 0, 0, 0, 1, 0, 0, 0, -1]);
    const found = await stability(dictionaryOf(first, 3), dictionaryOf(second, 3));
    const pairs = found.matches.map(({ first: i, second: j }) => `${i}-${j}`).sort();
    expect(pairs).toEqual(['0-1', '1-0']);
    const turned = await stability(dictionaryOf(second, 3), dictionaryOf(first, 3));
    expect(turned.matches.map(({ first: i, second: j }) => `${j}-${i}`).sort()).toEqual(pairs);
    expect(turned.meanCosine).toBeCloseTo(found.meanCosine, 12);
  });

  it('of the features named only', async () => {
    const rows = Float32Array.from([1, 0, 0, 1, 0, 0]);
    const found = await stability(dictionaryOf(rows, 2), dictionaryOf(rows, 2), { first: [0, 1], second: [0, 1] });
    expect(found.matches).toHaveLength(2);
    expect(found.meanCosine).toBe(1);
  });
});

describe('splitting and absorption', () => {
  const truth = { width: 3, directions: identity(3), parents: [null, 0, 0] };

  it('of the truth itself: everything found once, nothing absorbed', () => {
    const found = splitting(identity(3), truth);
    expect(found).toMatchObject({ recovery: 1, split: 0, absorption: 0, trueAbsorption: 0 });
  });

  it('a child that took in half of its parent, and a direction that two features stand for', () => {
    const decoder = Float32Array.from([1, 0, 0, Math.SQRT1_2, Math.SQRT1_2, 0, 0, 0, 1, 0, 0.1, 1]);
    const found = splitting(decoder, truth);
    expect(found.matches.map(({ feature }) => feature)).toEqual([0, 1, 2]);
    expect(found.matches.map(({ features }) => features)).toEqual([2, 1, 2]);
    expect(found.split).toBe(2);
    expect(found.absorption).toBeCloseTo(Math.SQRT1_2 / 2, 6);
  });
});

describe('a dictionary that does not fit is refused in one line', () => {
  const good = dictionaryOf(randomRows(4, 3, 5), 3);
  it('weights that are missing, of another size or not finite; settings out of range', () => {
    expect(() => checkDictionary(good, 'a.safetensors')).not.toThrow();
    const refused = (change: Partial<Dictionary>) => () => checkDictionary({ ...good, ...change }, 'a.safetensors');
    expect(refused({ encoder: { kind: 'relu' } })).toThrow(
      'a.safetensors: weights of a relu dictionary: expected W_enc, b_enc, W_dec, b_dec, got W_dec, b_dec',
    );
    expect(refused({ width: 4 })).toThrow('weight W_dec: expected 16 values (F D, D 4, F 4), got 12');
    const broken = new Map([...good.weights, ['b_dec', Float32Array.from([0, NaN, 0])] as const]);
    expect(refused({ weights: broken })).toThrow('weight b_dec is not finite: got NaN at 1');
    expect(refused({ input: { ...headInput, site: 'residPre' } })).toThrow('head of residPre');
    expect(refused({ input: { ...headInput, scale: 0 } })).toThrow('scale of the input: expected a number above 0');
  });
});

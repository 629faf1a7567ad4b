import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/tensor/random.ts';
import { checkInput, describeInput, inputSites, inputWidth } from '../../sae/input.ts';
import { kMeans } from '../../sae/kMeans.ts';
import { averageNormScale, geometricMedian, meanRow } from '../../sae/rows.ts';
import { columnsOf } from '../../sae/training/batches.ts';
import { headInput } from './jobs.ts';

function clouds(centres: readonly (readonly number[])[], each: number, spread: number, seed: number) {
  const random = seededRandom(seed);
  const rows = centres.flatMap((centre) =>
    Array.from({ length: each }, () => centre.map((value) => value + spread * random.normal())),
  );
  return { width: centres[0]?.length ?? 1, data: Float32Array.from(rows.flat()) };
}

describe('rows', () => {
  it('a geometric median is not moved by an outlier as a mean is', () => {
    const rows = clouds([[1, 2]], 99, 0.01, 1);
    const spoilt = { width: 2, data: Float32Array.from([...rows.data, 1000, 1000]) };
    expect(meanRow(spoilt)[0]).toBeGreaterThan(5);
    const median = geometricMedian(spoilt, 30);
    expect(median[0]).toBeCloseTo(1, 1);
    expect(median[1]).toBeCloseTo(2, 1);
  });

  it('scaled, have a mean length of sqrt(D)', () => {
    const rows = clouds([[3, 4, 0, 0]], 50, 1, 3);
    const scaled = { width: 4, data: rows.data.map((value) => value * averageNormScale(rows)) };
    expect(averageNormScale(scaled)).toBeCloseTo(1, 6);
  });

  it('neighbouring columns are cut out', () => {
    const rows = { width: 4, data: Float32Array.from([0, 1, 2, 3, 4, 5, 6, 7]) };
    expect([...columnsOf(rows, 1, 2).data]).toEqual([1, 2, 5, 6]);
    expect(columnsOf(rows, 0, 4).data).toBe(rows.data);
    expect(() => columnsOf(rows, 3, 2)).toThrow('expected 3 to 5 within rows of 4');
  });
});

describe('k-means', () => {
  const rows = clouds(
    [
      [0, 0],
      [5, 5],
      [-5, 5],
    ],
    40,
    0.3,
    4,
  );

  it('finds clouds that lie apart, and the same ones with the same seed', async () => {
    const found = await kMeans(rows, 3, seededRandom(1));
    for (let cloud = 0; cloud < 3; cloud++)
      expect(new Set(found.assigned.subarray(cloud * 40, (cloud + 1) * 40)).size).toBe(1);
    expect(new Set(found.assigned).size).toBe(3);
    expect(await kMeans(rows, 3, seededRandom(1))).toEqual(found);
  });

  it('has a place for every centre where rows repeat', async () => {
    const same = { width: 2, data: new Float32Array(20).fill(1) };
    const found = await kMeans(same, 4, seededRandom(1));
    expect([...found.centres]).toEqual(new Array(8).fill(1));
  });
});

describe('what a dictionary reads', () => {
  it('has a width: of a head, of a layer’s heads side by side, of the stream', () => {
    const z = [
      { axis: 'B', size: 2 },
      { axis: 'P', size: 3 },
      { axis: 'N', size: 9 },
      { axis: 'H', size: 64 },
    ] as const;
    expect(inputWidth({ head: 6 }, z)).toBe(64);
    expect(inputWidth({ head: 'each' }, z)).toBe(64);
    expect(inputWidth({ head: 'concatenated' }, z)).toBe(576);
    expect(inputWidth({ head: null }, [{ axis: 'D', size: 576 }])).toBe(576);
  });

  it('is said in words', () => {
    expect(describeInput({ ...headInput, layer: 9, head: 6 })).toBe('z of L9H6');
    expect(describeInput({ ...headInput, layer: 9, head: 'concatenated' })).toBe('z of layer 9');
    const shared = { ...headInput, site: 'headWrite', layer: null, head: 'each', rows: 'promptMean' } as const;
    expect(describeInput(shared)).toBe('headWrite of every head, mean over positions');
    checkInput(shared, 'here');
  });

  it('has heads just where its site has', () => {
    for (const site of inputSites) {
      const isPerHead = site === 'z' || site === 'headWrite';
      const check = (head: typeof headInput.head) => () => checkInput({ ...headInput, site, head }, 'here');
      if (isPerHead) expect(check(null)).toThrow(`here: head of ${site}`);
      else expect(check(0)).toThrow(`here: head of ${site}: expected none`);
      expect(check(isPerHead ? 3 : null)).not.toThrow();
    }
    expect(() => checkInput({ ...headInput, layer: null, head: 2 }, 'here')).toThrow('layer of z');
  });
});

import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/tensor/random.ts';
import { nearestOthers, nearestRows } from '../../sae/nearestRows.ts';

const width = 3;

function drawn(count: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: count * width }, () => random.normal());
}

function cosine(a: Float32Array, i: number, b: Float32Array, j: number): number {
  const [x, y] = [a.subarray(i * width, (i + 1) * width), b.subarray(j * width, (j + 1) * width)];
  return x.reduce((sum, value, d) => sum + value * (y[d] as number), 0) / (Math.hypot(...x) * Math.hypot(...y));
}

/** More rows than a tile, so that several are needed. */
const [many, some] = [drawn(2100, 1), drawn(40, 2)];

describe('nearest rows', () => {
  it('both ways, as by comparing each with each', async () => {
    const { a, b } = await nearestRows(many, some, width);
    for (const i of [0, 7, 2047, 2048, 2099]) {
      const cosines = Array.from({ length: 40 }, (_, j) => cosine(many, i, some, j));
      expect(a.cosine[i]).toBeCloseTo(Math.max(...cosines), 5);
      expect(cosines[a.index[i] as number]).toBeCloseTo(Math.max(...cosines), 5);
    }
    for (const j of [0, 39]) {
      const cosines = Array.from({ length: 2100 }, (_, i) => cosine(many, i, some, j));
      expect(b.cosine[j]).toBeCloseTo(Math.max(...cosines), 5);
      expect(cosines[b.index[j] as number]).toBeCloseTo(Math.max(...cosines), 5);
    }
  });

  it('of one matrix: no row is its own neighbour', async () => {
    const found = await nearestOthers(many, width);
    for (const i of [0, 1000, 2047, 2048, 2099]) {
      const cosines = Array.from({ length: 2100 }, (_, j) => (j === i ? -1 : cosine(many, i, many, j)));
      expect(found[i]).toBeCloseTo(Math.max(...cosines), 5);
    }
  });

  it('rows of zeros, and a row that is alone', async () => {
    expect(await nearestOthers(Float32Array.of(0, 0, 0, 1, 2, 3), width)).toEqual(Float32Array.of(0, 0));
    expect(await nearestOthers(Float32Array.of(1, 2, 3), width)).toEqual(Float32Array.of(-1));
  });

  it('can be stopped, and says how far it is', async () => {
    const seen: number[] = [];
    await nearestRows(many, some, width, { onProgress: (done, total) => seen.push(done / total) });
    expect(seen).toEqual([0, 0.5]);
    await expect(nearestRows(many, some, width, { signal: AbortSignal.abort() })).rejects.toThrow('aborted');
  });
});

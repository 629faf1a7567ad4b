/** What is done to writes, and the controls that read them without codes, against the plain formulas. */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../engine/tensor/random.ts';
import { countedWrites } from '../../../sae/circuits/countedWrites.ts';
import { preparedWrites } from '../../../sae/circuits/preparedWrites.ts';
import { plantedScene, prompt, sceneOf, usual } from './plantedWrites.ts';
import { ranked } from './ranked.ts';

const scene = plantedScene({ ...usual, length: (head) => 1 + head });
const all = { prompts: 0, matchDiversity: false };

/** [E][D] of one head, positive prompts first. */
async function writesOf(head: number): Promise<number[][]> {
  const { positive, negative, heads, width } = await scene.headWrites();
  const rows = (data: Float32Array) =>
    Array.from({ length: usual.prompts }, (_, row) => {
      const start = (row * heads + head) * width;
      return [...data.subarray(start, start + width)];
    });
  return [...rows(positive), ...rows(negative)];
}

function meanOf(rows: readonly (readonly number[])[]): number[] {
  return (rows[0] ?? []).map((_, d) => rows.reduce((sum, row) => sum + (row[d] as number), 0) / rows.length);
}

function distance(a: readonly number[], b: readonly number[]): number {
  return Math.hypot(...a.map((value, d) => value - (b[d] as number)));
}

describe('controls', () => {
  it('smd is the distance of means in pooled standard deviations', async () => {
    const { scores } = await ranked('smd', scene);
    for (const head of [0, 1, 9]) {
      const rows = await writesOf(head);
      const [ours, theirs] = [rows.slice(0, usual.prompts), rows.slice(usual.prompts)];
      const [a, b] = [meanOf(ours), meanOf(theirs)];
      const squares = [...ours.map((row) => distance(row, a) ** 2), ...theirs.map((row) => distance(row, b) ** 2)];
      const pooled = Math.sqrt(squares.reduce((sum, value) => sum + value, 0) / (rows.length - 2));
      expect(scores[head]).toBeCloseTo(distance(a, b) / pooled, 6);
    }
  });

  it('smd is large and finite for writes that vary with the class alone, and 0 for those that never do', async () => {
    const prompts = Array.from({ length: 3 }, (_, i) => prompt([1, i], [2, i]));
    const same = Float32Array.from({ length: 12 }, (_, i) => (i % 4 < 2 ? 1 : 3));
    const other = Float32Array.from({ length: 12 }, (_, i) => (i % 4 < 2 ? 1 : -3));
    const counts = { positive: 3, negative: 3 };
    const writes = { positive: same, negative: other, prompts: counts, heads: 2, width: 2 };
    const { scores } = await ranked('smd', sceneOf(['L0H0', 'L0H1'], prompts, writes));
    expect(scores[0]).toBe(0);
    expect(scores[1]).toBeGreaterThan(1000);
    expect(scores[1]).toBeLessThan(Infinity);
  });

  it('write norm is the mean length of writes', async () => {
    const { scores } = await ranked('write-norm', scene);
    scores.forEach((score, head) => expect(score).toBeCloseTo(1 + head, 4));
  });
});

describe('scale of a head', () => {
  it('makes the entries of every head as large', async () => {
    const writes = await countedWrites(scene, all, seededRandom(0));
    for (const headScale of ['norm', 'zScore'] as const) {
      const { data, width } = preparedWrites(writes, { headScale })(Array.from({ length: 80 }, (_, i) => i));
      for (const head of [0, 7, 15]) {
        const own = data.filter((_, i) => Math.floor(i / width) % 16 === head);
        expect(own.reduce((sum, value) => sum + value ** 2, 0) / own.length).toBeCloseTo(1, 4);
        if (headScale === 'norm') continue;
        const first = own.filter((_, i) => i % width === 0);
        expect(first.reduce((sum, value) => sum + value, 0) / first.length).toBeCloseTo(0, 5);
      }
    }
  });

  it('does not blow up the rounding of a head that always writes the same', async () => {
    const prompts = Array.from({ length: 4 }, (_, i) => prompt([1, i], [2, i]));
    const data = Float32Array.from({ length: 8 }, (_, i) => (i % 2 === 0 ? 0.1 : 0.7) * (1 + (i % 3) * 1e-7));
    const counts = { positive: 4, negative: 4 };
    const same = sceneOf(['L0H0'], prompts, { positive: data, negative: data, prompts: counts, heads: 1, width: 2 });
    const rows = preparedWrites(await countedWrites(same, all, seededRandom(0)), { headScale: 'zScore' });
    expect(Math.max(...rows([0, 1, 2, 3]).data.map(Math.abs))).toBeLessThan(1e-6);
  });
});

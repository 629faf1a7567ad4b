import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../engine/tensor/random.ts';
import type { Dictionary } from '../../../sae/dictionary.ts';
import { dictionaryMeasuresOf } from '../../../sae/measures/dictionaryMeasures.ts';
import { headInput } from '../jobs.ts';

/** Features are the axes and one more that is never active; codes are max(x, 0). */
function axes(width: number): Dictionary {
  const features = width + 1;
  const encoder = Float32Array.from({ length: width * features }, (_, i) =>
    Number(i % features === Math.floor(i / features)),
  );
  const decoder = Float32Array.from({ length: features * width }, (_, i) =>
    Number(i % width === Math.floor(i / width) % width),
  );
  return {
    ...{ width, features, encoder: { kind: 'relu' } },
    weights: new Map([
      ['W_enc', encoder],
      ['b_enc', new Float32Array(features)],
      ['W_dec', decoder],
      ['b_dec', new Float32Array(width)],
    ] as const),
    input: headInput,
    origin: { made: 'imported', by: 'axes', settings: {}, seed: null, steps: null, samples: null, text: null },
    ...{ model: null, density: null, labels: new Map() },
  };
}

const random = seededRandom(1);
/** One to four positive entries of eight, the first in every row. */
const rows = { width: 8, data: new Float32Array(800) };
for (let row = 0; row < 100; row++) for (let d = 0; d <= row % 4; d++) rows.data[row * 8 + d] = 1 + random.next();

describe('numbers of a dictionary', () => {
  it('are those of its codes on the rows', async () => {
    const measures = await dictionaryMeasuresOf(axes(8), rows, null);
    expect(measures).toMatchObject({ rows: 100, unexplained: 0, active: 2.5, dead: 5, dense: 4, loss: null });
    expect(measures.activeQuantiles).toEqual([1, 1, 2, 3, 3, 4, 4]);
    const { edges, counts } = measures.density;
    expect(edges).toHaveLength(counts.length + 1);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(4);
    // The last feature writes what the first does: nothing else is alike.
    expect(measures.coherence?.[0]).toEqual({ k: 1, value: 1 });
    expect(measures.coherence?.map(({ k }) => k)).toEqual([1, 2, 4, 8]);
  });

  it('are refused on rows that are all the same', async () => {
    const same = { width: 8, data: new Float32Array(80).fill(1) };
    await expect(dictionaryMeasuresOf(axes(8), same, null)).rejects.toThrow('there is no variance to explain');
  });
});

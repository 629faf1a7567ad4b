import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../../engine/run/index.ts';
import { openModel } from '../../../engine/run/index.ts';
import type { CompositionLayer } from '../../../engine/scores/weights/composition.ts';
import { composition, randomComposition } from '../../../engine/scores/weights/composition.ts';
import type { HeadMatrices } from '../../../engine/scores/weights/headMatrices.ts';
import { groupSize, readHeadMatrices } from '../../../engine/scores/weights/headMatrices.ts';
import { openGolden } from '../../run/models.ts';
import { frobenius, headOf, times, transposed } from './dense.ts';

async function layersOf(model: Model): Promise<CompositionLayer[]> {
  const layers: CompositionLayer[] = [];
  for await (const layer of composition(model)) layers.push(layer);
  return layers;
}

/** ||OV_a M|| / (||OV_a|| ||M||), all of them D x D. */
function expected(writer: HeadMatrices, a: number, reader: HeadMatrices, b: number, input: 'q' | 'k' | 'v'): number {
  const group = (matrices: HeadMatrices, head: number) => Math.floor(head / groupSize(matrices));
  const ov = (matrices: HeadMatrices, head: number) =>
    times(transposed(headOf(matrices.values, group(matrices, head))), headOf(matrices.out, head));
  const qk = times(transposed(headOf(reader.queries, b)), headOf(reader.keys, group(reader, b)));
  const read = input === 'q' ? qk : input === 'k' ? transposed(qk) : ov(reader, b);
  const written = ov(writer, a);
  return frobenius(times(written, read)) / (frobenius(written) * frobenius(read));
}

describe.each(['llama-gqa', 'gptNeoX-parallel', 'qwen3-normed', 'gemma2-older', 'falcon-newDecoder'])(
  'composition in %s',
  (folder) => {
    let model: Model;
    beforeAll(async () => {
      model = await openGolden(folder);
    });
    afterAll(() => model.dispose());

    it('is what whole D x D products give, for every pair', async () => {
      const { heads, layers } = model.family.shape;
      const matrices = await Promise.all(Array.from({ length: layers }, (_, layer) => readHeadMatrices(model, layer)));
      const found = await layersOf(model);
      expect(found.map(({ layer, writers }) => [layer, writers])).toEqual(
        Array.from({ length: layers - 1 }, (_, i) => [i + 1, (i + 1) * heads]),
      );
      for (const { layer, writers, ...scores } of found) {
        for (const input of ['q', 'k', 'v'] as const) {
          for (let at = 0; at < scores[input].length; at++) {
            const [reader, writer] = [Math.floor(at / writers), at % writers];
            const [from, to] = [matrices[Math.floor(writer / heads)], matrices[layer]];
            if (from === undefined || to === undefined) throw new RangeError('no such layer');
            expect(scores[input][at]).toBeCloseTo(expected(from, writer % heads, to, reader, input), 5);
          }
        }
      }
    });
  },
);

describe('composition in models that are known', () => {
  it('has the planted edges far above random, and nothing where nothing is read', async () => {
    const model = await openModel('fixtures/models/planted-induction');
    const [layer] = await layersOf(model);
    const random = randomComposition(model);
    await model.dispose();
    if (layer === undefined) throw new RangeError('no layer');
    const at = (input: 'q' | 'k' | 'v', reader: number, writer: number) =>
      layer[input][reader * layer.writers + writer];
    // L1H1 matches the current token with what L0H2 wrote: K-composition, and no other.
    expect(at('k', 1, 2)).toBeGreaterThan(1.5 * random);
    expect(at('q', 1, 2)).toBe(0);
    expect(at('v', 1, 2)).toBe(0);
    for (const writer of [0, 1, 3]) expect(at('k', 1, writer)).toBe(0);
  });

  it('is refused where the stream is normed after each addition, with the reason', async () => {
    const model = await openGolden('opt-after');
    await expect(layersOf(model)).rejects.toThrow(/not defined for this model.*normed after each addition/);
    await model.dispose();
  });
});

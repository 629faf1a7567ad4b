import { describe, expect, it } from 'vitest';
import { unembeddingRows } from '../../../engine/scores/weights/vocabulary.ts';
import { Products } from '../../../engine/scores/weights/products.ts';
import { featureWrites } from '../../../sae/features/featureWrites.ts';
import { LogitEffects } from '../../../sae/features/logitEffects.ts';
import { meanInverseSpread } from '../../../sae/features/meanScales.ts';
import type { DictionaryInput } from '../../../sae/input.ts';
import { openGolden } from '../../run/models.ts';
import { drawnDictionary } from './drawnDictionary.ts';

const inputs: readonly Partial<DictionaryInput>[] = [
  { site: 'z', head: 1 },
  { site: 'z', head: 'concatenated', scale: 3 },
  { site: 'headWrite', head: 'concatenated' },
  { site: 'residPre', head: null },
];

describe.each(['llama-gqa', 'gpt2-tied', 'gemma2-caps', 'olmo2-normed', 'opt-before'])(
  'logits of a unit in %s',
  (folder) => {
    it('are those of its write through the unembedding weights', async () => {
      const model = await openGolden(folder);
      const products = new Products(model);
      const rows = await unembeddingRows(model, products).of(
        Array.from({ length: model.family.shape.outputVocabulary }, (_, id) => id),
      );
      const scale = await meanInverseSpread(model, { after: 'last' });
      const hasNorm = model.family.description.unembedding.norm !== null;
      for (const input of inputs) {
        const dictionary = drawnDictionary(model, { input: { layer: 1, ...input } });
        const effects = await LogitEffects.of(model, dictionary);
        const writes = await featureWrites(model, dictionary);
        const write = writes?.of(3) ?? new Float64Array();
        const { width } = model.family.shape;
        const logits = Array.from({ length: rows.data.length / width }, (_, v) =>
          write.reduce((sum, x, d) => sum + x * (rows.data[v * width + d] as number), 0),
        );
        const mean = logits.reduce((sum, x) => sum + x, 0) / logits.length;
        const expected = logits.map((x) => (x - mean) * (hasNorm ? scale.value : 1));
        const size = Math.max(...expected.map(Math.abs));
        for await (const { up, down } of effects?.tokens([3], 4) ?? []) {
          for (const { id, value } of [...up, ...down])
            expect(Math.abs(value - (expected[id] as number)) / size).toBeLessThan(1e-4);
          expect(up[0]?.value).toBeCloseTo(Math.max(...expected), 3);
          expect(down[0]?.value).toBeCloseTo(Math.min(...expected), 3);
        }
      }
      await products.dispose();
      await model.dispose();
    });
  },
);

describe('logits of a unit', () => {
  it('are none where a row is any head, or the stream is not only added to', async () => {
    const model = await openGolden('llama-gqa');
    expect(await LogitEffects.of(model, drawnDictionary(model, { input: { layer: 1, head: 'each' } }))).toBeNull();
    await model.dispose();
    const other = await openGolden('bloom-postLayernorm');
    expect(await LogitEffects.of(other, drawnDictionary(other, { input: { layer: 1, head: 0 } }))).toBeNull();
    await other.dispose();
  });
});

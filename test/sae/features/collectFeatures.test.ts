import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../../engine/run/index.ts';
import type { CollectRequest } from '../../../sae/features/collectFeatures.ts';
import { collectFeatures } from '../../../sae/features/collectFeatures.ts';
import type { CollectedFeatures } from '../../../sae/features/featureStore.ts';
import { FeatureStore, writeFeatures } from '../../../sae/features/featureStore.ts';
import { DictionaryProgram } from '../../../sae/inference/dictionaryProgram.ts';
import { openGolden, randomIds } from '../../run/models.ts';
import type { DrawnOptions } from './drawnDictionary.ts';
import { drawnDictionary, temporaryFolder, written } from './drawnDictionary.ts';

describe('collecting features', () => {
  let model: Model;
  beforeAll(async () => void (model = await openGolden('gpt2-tied')));
  afterAll(() => model.dispose());

  async function collected(options: DrawnOptions, changed: Partial<CollectRequest> = {}) {
    const program = await DictionaryProgram.create(drawnDictionary(model, options));
    const windows = Array.from({ length: 9 }, (_, i) => randomIds(model, 6 + (i % 3), i));
    const stream = collectFeatures(model, program, {
      ...{ windows, skip: 1, source: 'drawn', tokenIdsSha256: '' },
      ...{ strongest: 2, perQuantile: 1, before: 3, after: 2, seed: 0, created: '2026-01-01T00:00:00Z' },
      nameOf: (window) => `window ${window + 1}`,
      textOf: (id) => `<${id}>`,
      ...changed,
    });
    const steps: string[] = [];
    for (;;) {
      const step = await stream.next();
      if (step.done !== true) steps.push(step.value.of);
      else {
        await program.release();
        return { found: step.value, steps };
      }
    }
  }

  it('finds the same values in held codes and by running windows again', async () => {
    const input = { site: 'z', layer: 1, head: 0 } as const;
    const held = await collected({ input });
    const again = await collected({ input }, { held: 20 });
    expect(held.steps).not.toContain('windows again');
    expect(again.steps).toContain('windows again');
    expect(again.found.contexts).toEqual(held.found.contexts);
    expect(held.found.contexts.values.value.length).toBeGreaterThan(20);
  });

  it('names the head of a row where every head has its own', async () => {
    const { found } = await collected({ input: { layer: null, head: 'each' } });
    const { heads, layers } = model.family.shape;
    expect(found.description.parts).toHaveLength(heads * layers);
    expect(found.description.logits).toBeNull();
    const folder = await store(found, { input: { layer: null, head: 'each' } });
    const [context] = (await (await FeatureStore.open(folder))?.contexts(3)) ?? [];
    expect(context?.source).toMatch(/^window \d, L\dH\d$/);
    expect(context?.values[context.at]).toBe(Math.max(...(context?.values ?? [])));
  });

  it('puts a mean over positions at the last token of its window', async () => {
    const { found } = await collected({ input: { layer: 1, head: 0, rows: 'promptMean' } });
    expect(found.counts.rows).toBe(9);
    const { at, window } = found.contexts;
    at.forEach((place, i) => expect(place).toBe((found.windows[window[i] as number] ?? []).length - 1));
  });

  it('writes logits that the unembedding reads from the decoder row', async () => {
    const input = { site: 'residPost', layer: 1, head: null } as const;
    const { found } = await collected({ input });
    expect(found.logits?.note).toContain('less the mean over the vocabulary');
    const feature = found.counts.active.findIndex((count) => count > 0);
    const top = found.logits?.top ?? 0;
    const values = found.logits?.values.subarray(feature * 2 * top, (feature + 1) * 2 * top) ?? [];
    expect(values[0]).toBeGreaterThan(0);
    expect(values[top]).toBeLessThan(0);
    expect([...values.slice(0, top)]).toEqual([...values.slice(0, top)].sort((a, b) => b - a));
  });

  async function store(found: CollectedFeatures, options: DrawnOptions): Promise<string> {
    const folder = await written(temporaryFolder(), drawnDictionary(model, options));
    await writeFeatures(folder, found);
    return folder;
  }
});

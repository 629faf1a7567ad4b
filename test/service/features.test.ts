import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../engine/run/index.ts';
import { openModel } from '../../engine/run/index.ts';
import { attributeFeatureResult } from '../../engine/results/dictionaryFeatures.ts';
import type { EventOf, RequestOf, ResultOf } from '../../engine/results/index.ts';
import { contract } from '../../engine/results/index.ts';
import { collectFeaturesCall } from '../../engine/service/calls/collectFeatures.ts';
import { rowWindows } from '../../engine/service/calls/dictionaryRows.ts';
import { editFeatureCall } from '../../engine/service/calls/editFeature.ts';
import { encodePromptCall } from '../../engine/service/calls/encodePrompt.ts';
import { attributeFeatureCall } from '../../engine/service/calls/attributeFeature.ts';
import { featureCall } from '../../engine/service/calls/feature.ts';
import { runCall } from '../../engine/service/calls/run.ts';
import { sourceOf } from '../../engine/service/openModels.ts';
import type { Dictionary } from '../../sae/dictionary.ts';
import { dashboardHtml } from '../../sae/features/dashboardHtml.ts';
import { encodePrompt } from '../../sae/features/encodePrompt.ts';
import { readFeatureStatistics } from '../../sae/features/featureStore.ts';
import { saeDashboardJson } from '../../sae/features/saeDashboardJson.ts';
import { writeDictionary, writeLabels } from '../../sae/formats/dictionaryFolder.ts';
import { DictionaryProgram } from '../../sae/inference/dictionaryProgram.ts';
import { drawnDictionary, temporaryFolder, written } from '../sae/features/drawnDictionary.ts';
import { planted } from '../cli/headscope.ts';

const rows: RequestOf<'collectFeatures'>['rows'] = {
  kind: 'prompts',
  prompts: { kind: 'task', task: 'induction', n: 12, seed: 3 },
};
const collecting = { rows, strongest: 3, perQuantile: 2, before: 2, after: 1, seed: 0 } as const;

describe('features of a dictionary', () => {
  const folder = temporaryFolder();
  const options = { signal: new AbortController().signal, priority: 'interactive' } as const;
  let model: Model;
  let dictionary: Dictionary;
  let windows: readonly (readonly number[])[];
  let events: EventOf<'collectFeatures'>[];
  let result: ResultOf<'collectFeatures'>;
  const on = { model: planted, dictionary: folder };

  const collect = async (path: string) => {
    const stream = collectFeaturesCall(sourceOf(model))({ ...collecting, model: planted, dictionary: path }, options);
    const seen: EventOf<'collectFeatures'>[] = [];
    for (;;) {
      const step = await stream.next();
      if (step.done === true) return { seen, result: step.value };
      seen.push(step.value);
    }
  };

  beforeAll(async () => {
    model = await openModel(planted);
    dictionary = drawnDictionary(model, { features: 20, input: { site: 'z', layer: 1, head: 'concatenated' } });
    await written(folder, dictionary);
    await writeLabels(folder, new Map([[2, '<b>label</b>']]));
    windows = rowWindows(model, rows, collecting.seed).windows;
    ({ seen: events, result } = await collect(folder));
  });
  afterAll(() => model.dispose());

  /** [F] of every row, by a plain pass. */
  async function plainCodes(): Promise<number[][]> {
    const program = await DictionaryProgram.create(dictionary);
    const lists: number[][] = [];
    const { skip } = rowWindows(model, rows, collecting.seed);
    for (const ids of windows) {
      const { codes } = await encodePrompt(model, program, { ids });
      for (let row = skip; row < ids.length; row++) {
        const list = new Array<number>(dictionary.features).fill(0);
        for (let at = codes.starts[row] as number; at < (codes.starts[row + 1] as number); at++)
          list[codes.indices[at] as number] = codes.values[at] as number;
        lists.push(list);
      }
    }
    await program.release();
    return lists;
  }

  it('are collected in one pass: counts as of a plain one, beside the dictionary', async () => {
    const codes = await plainCodes();
    const found = await readFeatureStatistics(folder);
    expect(result.rows).toBe(codes.length);
    expect(events[0]).toMatchObject({ kind: 'start', rows: codes.length });
    expect(() => events.forEach((event) => contract.collectFeatures.event.parse(event))).not.toThrow();
    for (let feature = 0; feature < dictionary.features; feature++) {
      const own = codes.map((list) => list[feature] as number).filter((value) => value !== 0);
      expect(found?.active[feature]).toBe(own.length);
      expect(found?.largest[feature]).toBeCloseTo(Math.max(0, ...own), 4);
    }
    expect(result.alive).toBe(found?.active.filter((count) => count > 0).length);
  });

  it('have contexts with the value of every token in them', async () => {
    const call = featureCall(sourceOf(model));
    const program = await DictionaryProgram.create(dictionary);
    const { skip } = rowWindows(model, rows, collecting.seed);
    let looked = 0;
    for (const feature of [0, 1, 2]) {
      const card = await call({ ...on, feature, top: 3 }, options);
      expect(contract.feature.result.parse(card)).toBeDefined();
      for (const context of card.contexts) {
        const ids = windows[Number(context.source.replace('prompt ', '')) - 1] as readonly number[];
        const texts = ids.map((id) => model.tokenizer.tokenText(id));
        const { codes } = await encodePrompt(model, program, { ids });
        const values = ids.map((_, row) => {
          const [from, to] = [codes.starts[row] as number, codes.starts[row + 1] as number];
          const at = codes.indices.subarray(from, to).indexOf(feature);
          return at < 0 || row < skip ? 0 : (codes.values[from + at] as number);
        });
        const at = values.findIndex((value) => Math.abs(value - (context.values[context.at] as number)) < 1e-4);
        const from = Math.max(0, at - collecting.before);
        expect(at).toBeGreaterThanOrEqual(0);
        expect(context.tokens).toEqual(texts.slice(from, at + collecting.after + 1));
        context.values.forEach((value, i) => expect(value).toBeCloseTo(values[from + i] as number, 4));
        looked++;
      }
    }
    expect(looked).toBeGreaterThan(5);
    await program.release();
  });

  it('have a card: label, heads that share its row, what is like it here and elsewhere', async () => {
    const other = await written(
      temporaryFolder(),
      drawnDictionary(model, { features: 20, input: { site: 'z', layer: 1, head: 'concatenated' } }),
    );
    const card = await featureCall(sourceOf(model))({ ...on, feature: 2, top: 4, beside: other }, options);
    expect(card.label).toBe('<b>label</b>');
    expect(card.heads?.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
    expect(card.similar).toHaveLength(4);
    expect(card.similar.some(({ feature }) => feature === 2)).toBe(false);
    expect(card.beside?.[0]).toMatchObject({ feature: 2 });
    expect(card.beside?.[0]?.cosine).toBeCloseTo(1, 6);
  });

  it('are none of another dictionary that takes the place', async () => {
    const place = temporaryFolder();
    await written(place, dictionary);
    await collect(place);
    expect(await readFeatureStatistics(place)).not.toBeNull();
    await writeDictionary(place, { dictionary, training: null, created: '2027-01-01T00:00:00Z' });
    expect(await readFeatureStatistics(place)).toBeNull();
    await expect(dashboardHtml(place, {})).rejects.toThrow('collect features first');
  });

  it('encode a prompt as a plain pass does, and edits change it', async () => {
    const prompt = { ids: windows[0] as number[] };
    const call = encodePromptCall(sourceOf(model));
    const plain = await call({ ...on, prompt }, options);
    expect(plain.tokens).toHaveLength(prompt.ids.length);
    expect(plain.starts).toHaveLength(prompt.ids.length + 1);
    const edit = { site: 'z', layers: [1], operation: { kind: 'zero' } } as const;
    const edited = await call({ ...on, prompt, edits: [edit] }, options);
    expect([...edited.values]).not.toEqual([...plain.values]);
  });

  it('are edited with edits that run takes, to the same effect', async () => {
    const prompt = { ids: windows[0] as number[] };
    const change = { kind: 'add', amount: 9 } as const;
    const found = await editFeatureCall(sourceOf(model))({ ...on, feature: 1, prompt, change, top: 5 }, options);
    const ran = await runCall(sourceOf(model))({ model: planted, prompt, edits: found.edits, top: 5 }, options);
    expect(ran.before).toEqual(found.before);
    expect(ran.after).toEqual(found.after);
    expect(ran.kl).toBe(found.kl);
    expect(found.kl).toBeGreaterThan(0);
  });

  it('are attributed', async () => {
    const prompt = { ids: windows[0] as number[] };
    const call = attributeFeatureCall(sourceOf(model));
    const found = await call({ ...on, feature: 1, prompt, position: 5 }, options);
    expect(found.tokens).toHaveLength(prompt.ids.length);
    expect(found.bySource).toHaveLength(found.heads.length * prompt.ids.length);
    expect(found.difference).toBeLessThan(1e-4);
    expect(found.steps).toBeUndefined();
    const earlier = temporaryFolder();
    await written(earlier, drawnDictionary(model, { features: 12, input: { site: 'residPre', layer: 1, head: null } }));
    const back = { depth: 2, least: 0.05 };
    const further = await call({ ...on, feature: 1, prompt, position: 5, through: [earlier], back }, options);
    expect(attributeFeatureResult.parse(further)).toEqual(further);
    expect(further.steps?.[0]).toMatchObject({ dictionary: folder, feature: 1, position: 5, from: null, depth: 0 });
    const bad = call({ ...on, feature: 1, prompt, position: 5000 }, options);
    await expect(bad).rejects.toThrow('position out of range');
    await expect(call({ ...on, feature: 99, prompt, position: 5 }, options)).rejects.toThrow('no such feature');
  });

  it('make one page that needs nothing else and escapes what it shows', async () => {
    const page = await dashboardHtml(folder, { features: 20 });
    expect(page).not.toMatch(/https?:|src=|<b>label/);
    expect(page).toContain('&lt;b&gt;label&lt;/b&gt;');
    expect(page.match(/<article /g)).toHaveLength(result.alive);
    expect(page).toContain('prefers-color-scheme: dark');
    expect((await dashboardHtml(folder, { features: 3 })).match(/<article /g)).toHaveLength(3);
  });

  it('make the feature JSON of SAEDashboard', async () => {
    const json = JSON.parse(await saeDashboardJson(folder, { features: 4 })) as {
      model_id: string;
      layer: number;
      features: {
        activations: { bin_min: number; tokens: string[]; values: number[]; qualifying_token_index: number }[];
      }[];
    };
    expect(json).toMatchObject({ model_id: model.files.name, layer: 1, sae_id_suffix: null });
    expect(json.features).toHaveLength(4);
    for (const { activations } of json.features) {
      for (const { bin_min: from, tokens, values, qualifying_token_index: at } of activations) {
        expect(values).toHaveLength(tokens.length);
        if (from === -1) expect(values[at]).toBe(Math.max(...values));
      }
    }
    expect(Object.keys(json.features[0] ?? {})).toHaveLength(25);
  });

  it('are refused in one line where the file is cut short or the dictionary fits another model', async () => {
    const place = temporaryFolder();
    await written(place, dictionary);
    const bytes = await readFile(join(folder, 'features.safetensors'));
    await writeFile(join(place, 'features.safetensors'), bytes.subarray(0, bytes.length - 100));
    await expect(readFeatureStatistics(place)).rejects.toThrow('features.safetensors');
    const narrow = drawnDictionary(model, { features: 20, input: { site: 'z', layer: 1, head: 0 } });
    const wrong = { ...narrow, input: { ...narrow.input, head: 'concatenated' as const } };
    const path = await written(temporaryFolder(), wrong);
    await expect(
      featureCall(sourceOf(model))({ ...on, dictionary: path, feature: 0, top: 3 }, options),
    ).rejects.toThrow('the dictionary does not fit');
  });
});

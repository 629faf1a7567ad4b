import { describe, expect, it } from 'vitest';
import type { Model } from '../../../engine/run/index.ts';
import type { Encoder } from '../../../sae/dictionary.ts';
import type { Attribution } from '../../../sae/features/attributeFeature.ts';
import { attributeFeature } from '../../../sae/features/attributeFeature.ts';
import { DictionaryProgram } from '../../../sae/inference/dictionaryProgram.ts';
import type { DictionaryInput } from '../../../sae/input.ts';
import { openGolden, randomIds } from '../../run/models.ts';
import type { DrawnOptions } from './drawnDictionary.ts';
import { drawnDictionary } from './drawnDictionary.ts';

const position = 6;

async function attributed(
  model: Model,
  options: DrawnOptions,
  through: readonly DrawnOptions[] = [],
): Promise<Attribution> {
  const program = await DictionaryProgram.create(drawnDictionary(model, options));
  const others = await Promise.all(through.map((one) => DictionaryProgram.create(drawnDictionary(model, one))));
  const found = await attributeFeature(model, program, {
    ...{ feature: 3, position, ids: randomIds(model, 9, 5) },
    through: others.map((one, i) => ({ name: `dictionary ${i}`, program: one })),
  });
  await Promise.all([program, ...others].map((one) => one.release()));
  return found;
}

const sum = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0);

/** The parts of each source add up to what all heads take from it. */
function expectExact(found: Attribution): void {
  const { bySource, byPart, heads, preActivation, difference } = found;
  const positions = bySource.length / Math.max(1, heads.length);
  const scale = Math.max(
    1,
    Math.abs(preActivation),
    ...bySource.map(Math.abs),
    ...(byPart ?? []).map(({ value }) => Math.abs(value)),
  );
  expect(difference / scale).toBeLessThan(1e-5);
  for (let k = 0; k < positions && byPart !== null; k++) {
    const parts = sum(byPart.filter((part) => part.position === k).map(({ value }) => value));
    const whole = sum(heads.map((_, i) => bySource[i * positions + k] as number));
    expect(Math.abs(parts - whole) / scale).toBeLessThan(1e-5);
  }
  if (found.query === null) return;
  for (const side of ['query', 'key']) {
    const parts = found.query.parts.filter((part) => part.side === side).map(({ value }) => value);
    const size = Math.max(1, ...parts.map(Math.abs));
    expect(Math.abs(sum(parts) - found.query.score) / size).toBeLessThan(1e-5);
  }
}

const folders = [
  'llama-gqa',
  'llama-biases',
  'gpt2-tied',
  'gptNeoX-parallel',
  'gptJ-partial',
  'gemma-mqa',
  'gemma2-caps',
  'gemma3-mixed',
  'granite-multipliers',
  'cohere-scaled',
  'phi-half',
  'bloom-slopes',
  'opt-before',
  'transformerLens-full',
  'olmo2-normed',
  'cohere-normed',
  'falcon-newDecoder',
  'transformerLens-shortformer',
  'transformerLens-bidirectional',
];

const inputs: readonly Partial<DictionaryInput>[] = [
  { site: 'z', head: 'concatenated' },
  { site: 'headWrite', head: 1 },
  { site: 'attnOut', head: null },
];

describe.each(folders)('direct feature attribution in %s', (folder) => {
  it('adds up: sources, parts of every source, parts of the score', async () => {
    const model = await openGolden(folder);
    const layer = model.family.shape.layers - 1;
    for (const input of inputs) expectExact(await attributed(model, { input: { layer, ...input } }));
    await model.dispose();
  });
});

describe('attribution of a feature', () => {
  const input = { site: 'z', layer: 1, head: 'concatenated' } as const;

  it('gives each source what the pattern takes from its value', async () => {
    const model = await openGolden('llama-gqa');
    const { heads, headWidth, kvHeads } = model.family.shape;
    const dictionary = drawnDictionary(model, { input });
    const { bySource } = await attributed(model, { input });
    const ids = randomIds(model, 9, 5);
    const capture = (['v', 'pattern'] as const).map((site) => ({ site, layers: [1] }));
    const found = await model.forward({ ids: [ids], capture, logits: 'none' });
    const [v, pattern] = [found.get('v', 1).data, found.get('pattern', 1).data];
    const encoder = dictionary.weights.get('W_enc') as Float32Array;
    for (let n = 0; n < heads; n++) {
      for (let k = 0; k < ids.length; k++) {
        let expected = 0;
        const group = Math.floor((n * kvHeads) / heads);
        for (let h = 0; h < headWidth; h++) {
          const value = v[(k * kvHeads + group) * headWidth + h] as number;
          expected += value * (encoder[(n * headWidth + h) * dictionary.features + 3] as number);
        }
        expected *= pattern[(n * ids.length + position) * ids.length + k] as number;
        expect(bySource[n * ids.length + k]).toBeCloseTo(expected, 5);
      }
    }
    await model.dispose();
  });

  const encoders: readonly Encoder[] = [
    { kind: 'relu' },
    { kind: 'gated' },
    { kind: 'topK', k: 5 },
    { kind: 'jumpReLU' },
    { kind: 'linear' },
    { kind: 'nearest' },
    { kind: 'onePerGroup', groups: [12, 12] },
    { kind: 'matchingPursuit', steps: 6, residualThreshold: 0, stopsOnRepeat: false },
  ];
  it.each(encoders)('adds up for a $kind encoder, and is its code where the code is linear', async (encoder) => {
    const model = await openGolden('llama-gqa');
    for (const normalisation of ['none', 'constantNorm', 'layerNorm'] as const) {
      const options = { encoder, input: { ...input, normalisation, scale: 1.7 } };
      const found = await attributed(model, options);
      expectExact(found);
      if (encoder.kind === 'linear') expect(found.activation).toBeCloseTo(found.preActivation, 4);
      if (encoder.kind === 'relu') expect(found.activation).toBeCloseTo(Math.max(0, found.preActivation), 4);
      if (encoder.kind === 'matchingPursuit' && found.activation !== 0) {
        expect(found.activation).toBeCloseTo(found.preActivation, 4);
      }
    }
    await model.dispose();
  });

  it('splits the code of a later pick of matching pursuit along its path', async () => {
    const model = await openGolden('llama-gqa');
    const encoder = { kind: 'matchingPursuit', steps: 6, residualThreshold: 0, stopsOnRepeat: false } as const;
    const program = await DictionaryProgram.create(drawnDictionary(model, { encoder, input }));
    let later = 0;
    for (let feature = 0; feature < 24; feature++) {
      const asked = { feature, position, ids: randomIds(model, 9, 5), through: [] };
      const found = await attributeFeature(model, program, asked);
      if (found.activation === 0) continue;
      expect(found.preActivation).toBeCloseTo(found.activation, 4);
      expectExact(found);
      if (!found.notes.some((note) => note.includes('pick 1 of'))) later++;
    }
    expect(later).toBeGreaterThan(2);
    await program.release();
    await model.dispose();
  });

  it.each(['residPre', 'residMid', 'residPost', 'mlpOut'] as const)('splits %s among what was added', async (site) => {
    const model = await openGolden('gpt2-tied');
    const found = await attributed(model, { input: { site, layer: 1, head: null } });
    expectExact({ ...found, byPart: found.byPart });
    expect(found.heads).toEqual([]);
    expect(found.byPart?.every((part) => part.position === position)).toBe(true);
    await model.dispose();
  });

  it('says so where the stream is not only added to', async () => {
    const model = await openGolden('bloom-postLayernorm');
    const found = await attributed(model, { input });
    expect(found.difference).toBeLessThan(1e-5);
    expect(found.byPart).toBeNull();
    expect(found.notes.join()).toContain('told apart');
    await model.dispose();
  });

  it('splits the score that the model computes', async () => {
    const model = await openGolden('llama-gqa');
    const { query } = await attributed(model, { input });
    const ids = randomIds(model, 9, 5);
    const found = await model.forward({ ids: [ids], capture: [{ site: 'scores', layers: [1] }], logits: 'none' });
    const { head, source, score } = query as NonNullable<typeof query>;
    const at = (head * ids.length + position) * ids.length + source;
    expect(score).toBeCloseTo(found.get('scores', 1).data[at] as number, 4);
    await model.dispose();
  });
});

describe('attribution in other conventions', () => {
  const conventions: readonly Partial<DictionaryInput>[] = [
    { site: 'z', head: 'concatenated', valueBias: 'folded' },
    { site: 'z', head: 1, valueBias: 'folded' },
    { site: 'z', head: 'each', valueBias: 'folded' },
    { site: 'headWrite', head: 'concatenated', valueBias: 'folded', centred: true },
    { site: 'attnOut', head: null, centred: true },
    { site: 'residPost', head: null, centred: true },
  ];
  it.each(conventions)('adds up for $site, head $head', async (input) => {
    for (const folder of ['gpt2-tied', 'llama-biases']) {
      const model = await openGolden(folder);
      const found = await attributed(model, { input: { layer: 1, ...input } });
      expectExact(found);
      expect(found.activation).toBeCloseTo(Math.max(0, found.preActivation), 3);
      await model.dispose();
    }
  });

  it('leaves nothing of a value bias that is folded away', async () => {
    const model = await openGolden('gpt2-tied');
    const found = await attributed(model, { input: { layer: 1, head: 'concatenated', valueBias: 'folded' } });
    const biases = (found.byPart ?? []).filter(({ part }) => part === 'value bias').map(({ value }) => Math.abs(value));
    expect(Math.max(0, ...biases)).toBeLessThan(1e-5);
    await model.dispose();
  });
});

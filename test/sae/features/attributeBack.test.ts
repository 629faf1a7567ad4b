import { describe, expect, it } from 'vitest';
import type { Model } from '../../../engine/run/index.ts';
import { rowForm } from '../../../sae/activations/siteRows.ts';
import type { Dictionary } from '../../../sae/dictionary.ts';
import type { AttributionBack, AttributionStep } from '../../../sae/features/attributeBack.ts';
import { attributeBack } from '../../../sae/features/attributeBack.ts';
import type { Attribution } from '../../../sae/features/attributeFeature.ts';
import { attributeFeature } from '../../../sae/features/attributeFeature.ts';
import type { NamedProgram } from '../../../sae/features/throughFeatures.ts';
import { DictionaryProgram } from '../../../sae/inference/dictionaryProgram.ts';
import type { DictionaryInput } from '../../../sae/input.ts';
import { openGolden, randomIds } from '../../run/models.ts';
import type { DrawnOptions } from './drawnDictionary.ts';
import { drawnDictionary } from './drawnDictionary.ts';

type Inputs = Readonly<Record<string, DrawnOptions>>;

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const asked = { feature: 3, position: 3 } as const;
const own: DrawnOptions = { input: { site: 'z', layer: 1, head: 'concatenated' } };

/** Works on a dictionary on z of layer 1 and on others before it. */
async function withPrograms<T>(
  folder: string,
  through: (model: Model) => Readonly<Record<string, Dictionary>>,
  work: (model: Model, root: NamedProgram, others: readonly NamedProgram[]) => Promise<T>,
): Promise<T> {
  const model = await openGolden(folder);
  const root = { name: 'own', program: await DictionaryProgram.create(drawnDictionary(model, own)) };
  const others: NamedProgram[] = [];
  for (const [name, dictionary] of Object.entries(through(model)))
    others.push({ name, program: await DictionaryProgram.create(dictionary) });
  try {
    return await work(model, root, others);
  } finally {
    await Promise.all([root, ...others].map(({ program }) => program.release()));
    await model.dispose();
  }
}

const drawn = (inputs: Inputs) => (model: Model) =>
  Object.fromEntries(Object.entries(inputs).map(([name, options]) => [name, drawnDictionary(model, options)]));

/** Feature i is entry i of the row. */
function identity(model: Model, input: Partial<DictionaryInput>): Dictionary {
  const { width } = rowForm({ ...drawnDictionary(model).input, ...input }, model.family);
  const unit = Float32Array.from({ length: width * width }, (_, i) => Number(i % (width + 1) === 0));
  const zeros = new Float32Array(width);
  return {
    ...drawnDictionary(model, { input, features: width, encoder: { kind: 'linear' } }),
    weights: new Map([
      ['W_enc', unit],
      ['b_enc', zeros],
      ['W_dec', unit],
      ['b_dec', zeros],
    ] as const),
  };
}

/** Bias, features, what is below the share, and the rest. */
function expectToAddUp({ steps, found }: AttributionBack): void {
  const scale = Math.max(1, ...steps.flatMap(({ features }) => features.map(({ value }) => Math.abs(value))));
  for (const { value, bias, features, smaller, rest, difference } of steps) {
    const parts = bias + sum(features.map((one) => one.value)) + smaller + rest;
    expect(Math.abs(parts - value) / scale).toBeLessThan(1e-9);
    expect(difference / scale).toBeLessThan(1e-5);
  }
  expect(steps[0]).toMatchObject({ from: null, depth: 0, value: found.preActivation, bias: found.bias });
}

const stream: Inputs = {
  stream: { input: { site: 'residPre', layer: 1, head: null }, seed: 2 },
  heads: { input: { site: 'z', layer: 0, head: 'each' }, encoder: { kind: 'topK', k: 4 }, seed: 3 },
  mlp: { input: { site: 'mlpOut', layer: 0, head: null }, encoder: { kind: 'gated' }, seed: 4 },
  start: { input: { site: 'residPre', layer: 0, head: null }, encoder: { kind: 'jumpReLU' }, seed: 5 },
};

describe.each(['llama-gqa', 'gpt2-tied'])('features of features, in %s', (folder) => {
  it('add up at each step, and are those of asking again by hand', async () => {
    await withPrograms(folder, drawn(stream), async (model, root, through) => {
      const ids = randomIds(model, 4, 5);
      const back = await attributeBack(model, root, { ...asked, ids, through, depth: 4, least: 0.02 });
      expectToAddUp(back);
      const { steps } = back;
      expect(new Set(steps.map(({ dictionary }) => dictionary))).toEqual(new Set(['own', 'stream', 'heads']));
      expect(Math.max(...steps.map(({ depth }) => depth))).toBeGreaterThanOrEqual(2);
      const before: Readonly<Record<string, readonly string[]>> = {
        stream: ['heads', 'mlp', 'start'],
        heads: ['start'],
      };
      for (const step of steps.slice(1, 12)) {
        const parent = steps[step.from as number] as AttributionStep;
        expect(parent.features.filter(({ value, part }) => value === step.value && part === step.part)).toHaveLength(1);
        const program = through.find(({ name }) => name === step.dictionary)?.program as DictionaryProgram;
        const earlier = through.filter(({ name }) => before[step.dictionary]?.includes(name));
        const request = { feature: step.feature, position: step.position, part: step.part, ids, through: earlier };
        expectScaled(step, await attributeFeature(model, program, request));
      }
    });
  });

  it('every entry of the stream as a feature leaves what the stream began with', async () => {
    const dictionaries = (model: Model) => ({
      stream: identity(model, { site: 'residPre', layer: 1, head: null }),
      heads: identity(model, { site: 'attnOut', layer: 0, head: null }),
      mlp: identity(model, { site: 'mlpOut', layer: 0, head: null }),
    });
    await withPrograms(folder, dictionaries, async (model, root, through) => {
      const ids = randomIds(model, 4, 5);
      const back = await attributeBack(model, root, {
        ...asked,
        ids,
        through: through.slice(0, 1),
        depth: 1,
        least: 0,
      });
      const biases = (back.found.byPart ?? []).filter(({ part }) => part === 'value bias');
      expect(back.steps).toHaveLength(1);
      expect(back.steps[0]?.rest).toBeCloseTo(sum(biases.map(({ value }) => value)), 4);
      const wanted = { feature: 2, position: 3, ids, depth: 2, least: 0 };
      const entry = await attributeBack(model, through[0] as NamedProgram, { ...wanted, through: through.slice(1) });
      const embedded = (entry.found.byPart ?? []).filter(({ part }) => part === 'embed');
      expect(entry.steps[0]?.rest).toBeCloseTo(sum(embedded.map(({ value }) => value)), 4);
    });
  });
});

function expectScaled(step: AttributionStep, found: Attribution): void {
  const share = step.value / found.preActivation;
  expect(found.activation).toBeCloseTo(found.preActivation, 4);
  expect(step.bias).toBeCloseTo(found.bias * share, 6);
  expect(sum(step.features.map(({ value }) => value)) + step.smaller).toBeCloseTo(found.featuresTotal * share, 6);
  for (const one of step.features) {
    const same = found.features.filter(
      (other) => other.feature === one.feature && other.position === one.position && other.part === one.part,
    );
    expect(same.map(({ value }) => value * share).some((value) => Math.abs(value - one.value) < 1e-6)).toBe(true);
  }
}

describe('going back', () => {
  it('ends at the share, at the depth, and at codes that are no sums', async () => {
    const codes = { ...stream, stream: { ...stream['stream'], encoder: { kind: 'nearest' } } } satisfies Inputs;
    await withPrograms(
      'llama-gqa',
      drawn({ ...codes, first: stream['stream'] as DrawnOptions }),
      async (model, root, through) => {
        const request = { ...asked, ids: randomIds(model, 4, 5), through };
        const few = await attributeBack(model, root, { ...request, depth: 8, least: 0.2 });
        const limit = 0.2 * Math.abs(few.found.preActivation);
        for (const { features, value } of few.steps) {
          expect(Math.abs(value)).toBeGreaterThanOrEqual(limit);
          for (const one of features) expect(Math.abs(one.value)).toBeGreaterThanOrEqual(limit);
        }
        const all = await attributeBack(model, root, { ...request, depth: 2, least: 0 });
        expect(Math.max(...all.steps.map(({ depth }) => depth))).toBe(1);
        const followed = new Set(all.steps.map(({ dictionary }) => dictionary));
        expect([followed.has('first'), followed.has('stream'), followed.has('mlp')]).toEqual([true, false, false]);
        expect(all.steps.length).toBeLessThanOrEqual(64);
        expectToAddUp(all);
      },
    );
  });
});

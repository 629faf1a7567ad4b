/** Tables of features, codes of prompts, attributions and matchings as the window reads them. */
import { describe, expect, it } from 'vitest';
import type { DictionaryCard } from '../../../engine/results/dictionaries.ts';
import { byHead, bySource, explainedBy } from '../../../renderer/views/dictionaries/attributionSums.ts';
import { readsHead, strongestFeatures } from '../../../renderer/views/dictionaries/dictionariesInspector.tsx';
import { modelWords } from '../../../renderer/views/dictionaries/dictionaryList.tsx';
import { everyFeature } from '../../../renderer/views/dictionaries/dictionariesSettings.ts';
import { outOf } from '../../../renderer/views/dictionaries/exportMenu.tsx';
import { editText } from '../../../renderer/views/dictionaries/featureChange.tsx';
import type { FeatureTable } from '../../../renderer/views/dictionaries/featureOrder.ts';
import { featureOrder, logDensities, sortedBy } from '../../../renderer/views/dictionaries/featureOrder.ts';
import { togetherWith } from '../../../renderer/views/dictionaries/measureButton.tsx';
import { importedName } from '../../../renderer/views/dictionaries/importBar.tsx';
import { comparisonOf } from '../../../renderer/views/dictionaries/matchRows.ts';
import type { PromptCodes } from '../../../renderer/views/dictionaries/promptCodes.ts';
import { codesAt, strongestPosition, valuesOfFeature } from '../../../renderer/views/dictionaries/promptCodes.ts';
import { chosenOf, isOfModel } from '../../../renderer/views/dictionaries/useShelf.ts';

const model = { name: 'tiny', fingerprint: 'f' };

function cardOf(changed: Partial<DictionaryCard>): DictionaryCard {
  const place = { site: 'z', layer: 1, head: 2 } as const;
  return {
    path: '/d/a',
    name: 'a',
    made: 'trained',
    features: 5,
    place,
    model,
    ...changed,
  } as unknown as DictionaryCard;
}

const table: FeatureTable = {
  card: cardOf({}),
  columns: [
    { id: 'density', title: 'Density', unit: '', values: Float32Array.of(0.1, 0, 0.01, NaN, 0.5) },
    { id: 'encoderBias', title: 'Bias', unit: '', values: Float32Array.of(-1, 2, -0.5, 0, -1) },
  ],
  head: Uint32Array.of(0, 1, 1, 0, 1),
  labels: [
    { feature: 2, label: 'First name' },
    { feature: 4, label: 'comma' },
  ],
};
const byDensity = { column: 'density', direction: 'descending' } as const;

describe('the order of features', () => {
  it('sorts by any column, what is unknown last, equal ones in their order', () => {
    expect(featureOrder(table, everyFeature, byDensity)).toEqual([4, 0, 2, 1, 3]);
    expect(featureOrder(table, everyFeature, { column: 'density', direction: 'ascending' })).toEqual([1, 2, 0, 4, 3]);
    expect(featureOrder(table, everyFeature, { column: 'encoderBias', direction: 'ascending' })).toEqual([
      0, 4, 2, 3, 1,
    ]);
    expect(featureOrder(table, everyFeature, { column: 'feature', direction: 'descending' })).toEqual([4, 3, 2, 1, 0]);
    expect(featureOrder(table, everyFeature, { column: 'label', direction: 'ascending' })).toEqual([4, 2, 0, 1, 3]);
  });

  it('filters by label or number, life, density and head', () => {
    const order = (filter: Partial<typeof everyFeature>) =>
      featureOrder(table, { ...everyFeature, ...filter }, { column: 'feature', direction: 'ascending' });
    expect(order({ text: 'NAME' })).toEqual([2]);
    expect(order({ text: '#3' })).toEqual([3]);
    expect(order({ which: 'alive' })).toEqual([0, 2, 4]);
    expect(order({ which: 'dead' })).toEqual([1]);
    expect(order({ which: 'labelled' })).toEqual([2, 4]);
    expect(order({ density: [-1.5, -0.5] })).toEqual([0]);
    expect(order({ head: 1 })).toEqual([1, 2, 4]);
  });

  it('agrees with a plain sort on 50,000 features', () => {
    const values = Float32Array.from({ length: 50_000 }, (_, i) => Math.sin(i * 12.9898) * 10 ** ((i % 13) - 6));
    const all = Array.from(values.keys());
    const plain = all.toSorted((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b);
    expect(sortedBy(all, values, 'descending')).toEqual(plain);
  });

  it('draws densities above 0', () => {
    expect([...logDensities(table)].map((value) => Math.round(value * 10) / 10)).toEqual([-1, -2, -0.3]);
  });
});

const codes: PromptCodes = {
  tokens: ['a', 'b', 'c'],
  starts: Uint32Array.of(0, 2, 2, 5),
  features: Uint32Array.of(3, 1, 1, 2, 1),
  values: Float32Array.of(0.5, 2, 1, 4, 0.25),
  error: Float32Array.of(0.1, 1, 0.2),
  labels: [],
};

describe('codes of a prompt', () => {
  it('are listed by strength at a position', () => {
    expect(codesAt(codes, 0)).toEqual([
      { feature: 1, value: 2 },
      { feature: 3, value: 0.5 },
    ]);
    expect(codesAt(codes, 1)).toEqual([]);
  });
  it('of one feature lie over the prompt, several picks added', () => {
    expect([...valuesOfFeature(codes, 1)]).toEqual([2, 0, 1.25]);
    expect(strongestPosition(valuesOfFeature(codes, 1))).toBe(0);
    expect(strongestPosition(valuesOfFeature(codes, 9))).toBe(2);
  });
});

describe('an attribution', () => {
  const split = { tokens: ['a', 'b'], heads: [4, 6], bySource: Float32Array.of(1, 2, -3, 0.5) };
  it('is summed by source, by head and in all', () => {
    expect([...bySource(split, null)]).toEqual([-2, 2.5]);
    expect([...bySource(split, 6)]).toEqual([-3, 0.5]);
    expect(byHead(split)).toEqual([
      { head: 4, value: 3 },
      { head: 6, value: -2.5 },
    ]);
    expect(explainedBy({ ...split, byPart: null })).toEqual({ name: 'tokens', total: 0.5 });
  });
  it('of the stream itself is the sum of its parts', () => {
    const parts = [2, -0.5].map((value) => ({ part: 'embed', position: 1, value }));
    const stream = { tokens: ['a', 'b'], heads: [], bySource: new Float32Array(), byPart: parts };
    expect(explainedBy(stream)).toEqual({ name: 'parts', total: 1.5 });
  });
});

describe('a matching', () => {
  const matching = {
    ...{
      a: Uint32Array.of(0, 1),
      b: Uint32Array.of(2, 0),
      cosine: Float32Array.of(0.25, 0.9375),
      mean: 0.6,
      share: 0.5,
    },
    ...{ nearestOfA: Float32Array.of(0.5, 0.9375), nearestOfB: Float32Array.of(0.9375, 0.125, 0.25), notes: [] },
  };
  it('has pairs that are alike, and of each side the rest', () => {
    const { pairs, matched, onlyA, onlyB, mean, share, silentPairs } = comparisonOf(
      matching,
      { a: null, b: null },
      false,
    );
    expect(pairs.map(({ cosine }) => cosine)).toEqual([0.9375, 0.25]);
    expect(matched).toEqual([{ a: 1, b: 0, cosine: 0.9375 }]);
    expect(onlyA).toEqual([{ feature: 0, nearest: 0.5 }]);
    expect(onlyB.map(({ feature }) => feature)).toEqual([1, 2]);
    expect([mean, share, silentPairs]).toEqual([0.59375, 0.5, null]);
  });
  it('counts pairs that were never active, and leaves out what never was', () => {
    const densities = { a: [0.5, 0], b: [0, 0.25, 0] };
    expect(comparisonOf(matching, densities, false)).toMatchObject({ silentPairs: 1, share: 0.5 });
    const rest = comparisonOf(matching, densities, true);
    expect(rest.pairs).toEqual([{ a: 0, b: 2, cosine: 0.25 }]);
    expect([rest.mean, rest.share, rest.silentPairs]).toEqual([0.25, 0, 1]);
    expect(rest.onlyA.map(({ feature }) => feature)).toEqual([0]);
    expect(rest.onlyB.map(({ feature }) => feature)).toEqual([1]);
  });
});

describe('dictionaries of the project', () => {
  const foreign = cardOf({ path: '/d/other', model: { name: 'other', fingerprint: 'g' } });
  const control = cardOf({ path: '/d/pca', made: 'control' });
  it('are of the open model by fingerprint, else by name', () => {
    expect(isOfModel(foreign, model)).toBe(false);
    expect(isOfModel({ model: { name: 'tiny', fingerprint: null } }, model)).toBe(true);
    expect(isOfModel({ model: null }, model)).toBe(true);
    const open = { ...model, choice: { model: '/m' }, shape: {} as never };
    expect(modelWords(foreign, open)).toBe('another: other');
    expect(modelWords({ model: null }, open)).toBe('not stated');
  });
  it('shows the chosen one, else the first trained one of the model', () => {
    expect(chosenOf([foreign, control, cardOf({})], null, model)?.path).toBe('/d/a');
    expect(chosenOf([foreign, cardOf({})], '/d/other', model)?.path).toBe('/d/other');
    expect(chosenOf([], null, model)).toBeNull();
  });
});

describe('what is measured together', () => {
  it('is of one training; one that belongs to none stands alone', () => {
    const [a, b, other] = ['a', 'b', 'c'].map((path) => cardOf({ path, training: path === 'c' ? null : 't' }));
    if (a === undefined || b === undefined || other === undefined) throw new Error('three cards');
    expect(togetherWith([a, b, other], a)).toEqual(['a', 'b']);
    expect(togetherWith([a, b, other], other)).toEqual(['c']);
  });
});

describe('the inspector', () => {
  it('finds dictionaries on a head, and its strongest features', () => {
    expect(readsHead(cardOf({}), { layer: 1, head: 2 })).toBe(true);
    expect(readsHead(cardOf({}), { layer: 1, head: 3 })).toBe(false);
    const layer = { site: 'z', layer: 1, head: 'concatenated' } as const;
    expect(readsHead(cardOf({ place: layer }), { layer: 1, head: 3 })).toBe(true);
    const found = strongestFeatures(table, 1);
    expect(found.features.map(({ feature }) => feature)).toEqual([4, 2]);
    expect(found.words).toBe('Density: the largest of 2 that are active');
  });
});

describe('files', () => {
  it('are named by what they hold', () => {
    expect(importedName('/models/gpt2 small/layer 5/')).toBe('layer-5');
    expect(importedName('C:\\saes\\sae_weights.safetensors')).toBe('sae_weights');
    expect(importedName('..')).toBe('imported');
    const now = new Date('2026-01-02T03:04:05.678Z');
    expect(outOf('/p/dictionaries/t/a', 'html', now)).toBe('/p/dictionaries/t/a/exports/20260102T030405/a.html');
    expect(importedName(outOf('/p/dictionaries/t/a', 'saelens', now))).toBe('a.saelens');
  });
  it('hold edits as JSON with plain lists', () => {
    const value = { axes: 'D', shape: [2], data: Float32Array.of(1, 2) };
    const edits = [{ site: 'z', operation: { kind: 'add', value, times: 1 } }] as Parameters<typeof editText>[0];
    expect(JSON.parse(editText(edits))[0].operation.value.data).toEqual([1, 2]);
  });
});

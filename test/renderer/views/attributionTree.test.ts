/** Steps back through earlier dictionaries as a tree, and the dictionaries that an activation can be split through. */
import { describe, expect, it } from 'vitest';
import type { DictionaryCard } from '../../../engine/results/dictionaries.ts';
import type { FeatureAttribution } from '../../../engine/results/dictionaryFeatures.ts';
import {
  earlierDictionaries,
  earlierNames,
  MOST_EARLIER,
  noneEarlier,
  pickedDictionaries,
} from '../../../renderer/views/dictionaries/earlierDictionaries.ts';
import { featureCount, largestPart, stepTree, sumTerms } from '../../../renderer/views/dictionaries/stepTree.ts';

type Step = NonNullable<FeatureAttribution['steps']>[number];

const gives = (dictionary: string, feature: number, value: number) => ({ dictionary, feature, position: 2, value });
const step = (
  one: ReturnType<typeof gives>,
  rest: Pick<Step, 'from' | 'depth' | 'features'> & Partial<Step>,
): Step => ({ ...one, bias: 0, smaller: 0, rest: 0, difference: 0, ...rest });

/** 3 = 0.5 + (2 - 1 + 1) + 0.5; the first 2 = 4 - 2; the same feature at the second level is another row. */
const steps: readonly Step[] = [
  step(gives('own', 7, 3), {
    ...{ from: null, depth: 0, bias: 0.5, rest: 0.5 },
    features: [gives('b', 1, 2), gives('b', 2, -1), gives('a', 5, 1)],
  }),
  step(gives('b', 1, 2), { from: 0, depth: 1, smaller: -2, features: [gives('a', 5, 4)] }),
  step(gives('a', 5, 4), { from: 1, depth: 2, bias: 4, features: [] }),
  step(gives('a', 5, 1), { from: 0, depth: 1, rest: 1, features: [] }),
];

describe('the tree of an attribution', () => {
  const tree = stepTree(steps);

  it('hangs each step under the feature that it splits', () => {
    const [first, second, third] = tree?.features ?? [];
    expect(first?.split?.features[0]?.split).toMatchObject({ value: 4, bias: 4, features: [] });
    expect(second?.split).toBeNull();
    expect(third?.split).toMatchObject({ value: 1, rest: 1 });
    expect(stepTree([])).toBeNull();
  });

  it('adds up at each level, and leaves out what there is none of', () => {
    for (const one of [tree, tree?.features[0]?.split, tree?.features[2]?.split]) {
      const sum = sumTerms(one as NonNullable<typeof tree>).reduce((total, [, value]) => total + value, 0);
      expect(sum).toBe(one?.value);
    }
    expect(sumTerms(tree as NonNullable<typeof tree>).map(([name]) => name)).toEqual([
      ...['features', 'biases', 'no feature'],
    ]);
  });

  it('counts the features of all levels, and knows the longest bar', () => {
    expect(featureCount(tree as NonNullable<typeof tree>)).toBe(4);
    expect(largestPart(tree as NonNullable<typeof tree>)).toBe(4);
  });
});

const model = { name: 'tiny', fingerprint: 'f' };
const card = (name: string, place: Partial<DictionaryCard['place']>, changed: Partial<DictionaryCard> = {}) =>
  ({
    ...{ path: `/d/${name}`, name, made: 'trained', model },
    place: { site: 'residPost', layer: 0, head: null, ...place },
    ...changed,
  }) as unknown as DictionaryCard;

const own = card('own', { layer: 2 });
const cards = [
  ...[own, card('late', { layer: 3 }), card('k6', { layer: 1 }), card('k3', { layer: 1 })],
  card('head', { site: 'z', head: 2 }),
  ...[card('control', {}, { made: 'control' }), card('other', {}, { model: { name: 'x', fingerprint: 'g' } })],
];

describe('earlier dictionaries', () => {
  const earlier = earlierDictionaries(cards, own, model);
  const names = (list: readonly DictionaryCard[]) => list.map(({ name }) => name);

  it('are those of earlier layers of the model, first layers first, without controls', () => {
    expect(names(earlier)).toEqual(['head', 'k6', 'k3']);
    expect(earlierDictionaries(cards, card('all', { layer: null }), model)).toEqual([]);
  });

  it('of one place count once unless both are picked, and as many as the call takes', () => {
    expect(names(pickedDictionaries(earlier, {}))).toEqual(['head', 'k6']);
    expect(names(pickedDictionaries(earlier, { '/d/k3': true, '/d/head': false }))).toEqual(['k6', 'k3']);
    const many = Array.from({ length: 20 }, (_, i) => card(`h${i}`, { site: 'z', head: i }));
    expect(pickedDictionaries(many, {})).toHaveLength(MOST_EARLIER);
  });

  it('are named by their place, by name where several share it', () => {
    expect([...earlierNames(earlier).values()]).toEqual(['L0H2.z', 'k6', 'k3']);
  });

  it('that are not there are asked for where they could be', () => {
    expect(noneEarlier(own)).toMatch(/^Train or import a dictionary on one of layers 0 to 1 /);
    expect(noneEarlier(card('first', {}))).toMatch(/no layer comes before it/);
    expect(noneEarlier(card('mlp', { site: 'mlpOut', layer: 2 }))).toMatch(/nothing to go back to/);
  });
});

import { describe, expect, it } from 'vitest';
import type { EventOf } from '../../../engine/results/contract.ts';
import type { Summary } from '../../../engine/results/records.ts';
import type { NextToken } from '../../../engine/results/prediction.ts';
import { firstWorkspace } from '../../../renderer/state/workspace.ts';
import { effectRequest } from '../../../renderer/views/ablate/effectRequest.ts';
import { foldEffect, noEffect, randomWords } from '../../../renderer/views/ablate/effectView.ts';
import { tokenRows } from '../../../renderer/views/ablate/nextTokens.tsx';
import { headsOfCell } from '../../../renderer/views/ablate/usePainting.ts';
import { countWords, nameWords } from '../../../renderer/views/ablate/painted.ts';

const none = { heads: [], kvGroups: [], layers: [], mlps: [] };
const summary = (mean: number): Summary => ({ mean, standardError: 0.1, interval: [mean - 0.2, mean + 0.2], n: 16 });
const metric: EventOf<'effect'> = {
  ...{ kind: 'metric', metricId: 'logitDifference', kl: summary(0.1), change: summary(-2) },
  ...{ before: summary(7), after: summary(5), accuracyBefore: summary(1), accuracyAfter: summary(1) },
};
const random = (after: number, index: number): EventOf<'effect'> => ({
  kind: 'random',
  index,
  set: none,
  after,
  change: 0,
});

describe('what is asked for a painted set', () => {
  const state = {
    ...firstWorkspace,
    model: { model: '/m' },
    prompts: { kind: 'task', task: 'ioi', n: 64, seed: 3 },
    promptIndex: 40,
  } as const;
  const set = { ...none, heads: [{ layer: 1, head: 0 }] };

  it('is nothing without a set, prompts or a model', () => {
    expect(effectRequest(state, none, 16)).toBeNull();
    expect(effectRequest({ ...state, prompts: null }, set, 16)).toBeNull();
    expect(effectRequest({ ...state, model: null }, set, 16)).toBeNull();
  });

  it('is on the first prompts of the task while painting, on all where that is wanted', () => {
    expect(effectRequest(state, set, 16)).toMatchObject({ prompts: { n: 16 }, shown: 15, seed: 3 });
    expect(effectRequest(state, set, null)).toMatchObject({ prompts: { n: 64 }, shown: 40 });
  });

  it('says the factor of a scale only, and counts positions from the end for a mean', () => {
    expect(effectRequest({ ...state, scale: 2 }, set, 16)).not.toHaveProperty('scale');
    expect(effectRequest({ ...state, ablation: 'scale', scale: 2 }, set, 16)).toMatchObject({ scale: 2 });
    expect(effectRequest({ ...state, ablation: 'mean' }, set, 16)).toMatchObject({ align: 'end' });
  });
});

describe('what came of it', () => {
  it('says how many random sets go as far, on the side to which the set went', () => {
    const view = [metric, random(6.9, 0), random(4.8, 1), random(7.2, 2)].reduce(foldEffect, noEffect);
    const words = (asked: number) => randomWords(view, '2 heads', asked, (value) => value.toFixed(1));
    expect(words(3)).toBe('3 random sets of 2 heads: median 6.9, 1 as low.');
    expect(words(24)).toBe('3 of 24 random sets of 2 heads: median 6.9, 1 as low.');
    expect(randomWords({ ...view, random: [] }, '2 heads', 3, String)).toContain('next');
    expect(randomWords(noEffect, '2 heads', 3, String)).toBe('');
    const even = [metric, random(6, 0), random(8, 1)].reduce(foldEffect, noEffect);
    expect(randomWords(even, '1 head', 2, (value) => value.toFixed(1))).toContain('median 7.0, none as low');
  });

  it('lists the likeliest tokens of both sides, each once', () => {
    const token = (id: number, probability: number): NextToken => ({
      ...{ id, text: ` t${id}`, logit: 0, probability, logitChange: 0 },
    });
    const rows = tokenRows([token(1, 0.8), token(2, 0.1)], [token(3, 0.6), token(1, 0.3)], 3);
    expect(rows.map(({ id, clean, edited }) => [id, clean, edited])).toEqual([
      [1, 0.8, 0.3],
      [2, 0.1, null],
      [3, null, 0.6],
    ]);
  });
});

describe('what is painted', () => {
  it('is counted and named', () => {
    const set = { ...none, heads: [{ layer: 1, head: 2 }], mlps: [3], layers: [0, 4] };
    expect(countWords(set)).toBe('1 head, 1 MLP, 2 layers');
    expect(nameWords(set)).toBe('L1H2 L3MLP L0 L4');
    expect(nameWords(set, 2)).toBe('L1H2 L3MLP and 2 more');
    expect(countWords(none)).toBe('nothing');
  });

  it('by a brush of KV groups is all heads that share them', () => {
    const shape = { layers: 2, heads: 6, kvHeads: 2 };
    expect(headsOfCell(shape, 10, 'kv-group')).toEqual([3, 4, 5].map((head) => ({ layer: 1, head })));
    expect(headsOfCell(shape, 10, 'head')).toEqual([{ layer: 1, head: 4 }]);
    expect(headsOfCell(shape, 12, 'head')).toEqual([]);
  });
});

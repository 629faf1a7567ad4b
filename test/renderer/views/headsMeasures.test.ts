/** The list of measures: under headings, newest first, found by any of its words. */
import { describe, expect, it } from 'vitest';
import type { MeasureFilter } from '../../../renderer/views/heads/measureGroups.ts';
import { measureGroups } from '../../../renderer/views/heads/measureGroups.ts';
import { rangeWords, samplesWords } from '../../../renderer/views/heads/measureWords.ts';
import { runSummary } from '../api/sampleRows.ts';
import { measureOf } from './headsSample.ts';

const score = (id: string, title: string, change = {}) =>
  measureOf([1], {
    ...{ id, run: id.split('/')[0] ?? '', title, short: title, call: 'scores', kind: 'behaviour', family: 'tokens' },
    ...{ rule: 'S4', dataset: 'repeated random tokens, with BOS', ...change },
  });

const list = [
  score('new/induction', 'Induction'),
  score('new/firstToken', 'First token', { family: 'sinks', rule: 'S5' }),
  measureOf([1], { id: 'ablation/effect', run: 'ablation' }),
  score('old/induction', 'Induction'),
  score('bare/induction', 'Induction', { dataset: 'repeated random tokens, without BOS' }),
];
const runs = [runSummary('new', { title: 'Scores of heads' }), runSummary('old', { title: 'Named by me' })];
const all: MeasureFilter = { typed: '', withOlder: false, chosen: null };

const idsOf = (filter: Partial<MeasureFilter>) =>
  measureGroups(list, runs, { ...all, ...filter }).groups.flatMap(({ options }) => options.map(({ id }) => id));

describe('the list of measures', () => {
  it('has headings in one order, whatever came first', () => {
    const { groups } = measureGroups(list, runs, all);
    expect(groups.map(({ heading }) => heading)).toEqual([
      'Effects of ablation',
      'Which tokens it attends to',
      'Sinks',
    ]);
  });

  it('says on what and how many, and when', () => {
    const { groups } = measureGroups(list, runs, all);
    expect(groups[1]?.options[0]?.detail).toMatch(/^repeated random tokens, with BOS · n 64 prompts · 1 Jan/);
  });

  it('leaves out what a newer run measured on the same, unless it is asked for or chosen', () => {
    expect(idsOf({})).toEqual(['ablation/effect', 'new/induction', 'bare/induction', 'new/firstToken']);
    expect(measureGroups(list, runs, all).older).toBe(1);
    expect(idsOf({ withOlder: true })).toContain('old/induction');
    expect(idsOf({ chosen: 'old/induction' })).toContain('old/induction');
  });

  it('is filtered by every word, in any order, of name, rule, kind, heading, prompts and run', () => {
    expect(idsOf({ typed: 'S5' })).toEqual(['new/firstToken']);
    expect(idsOf({ typed: 'without induction' })).toEqual(['bare/induction']);
    expect(idsOf({ typed: 'exact ioi' })).toEqual(['ablation/effect']);
    expect(idsOf({ typed: 'sinks' })).toEqual(['new/firstToken']);
    expect(idsOf({ typed: 'named by', withOlder: true })).toEqual(['old/induction']);
    expect(idsOf({ typed: 'nothing of the kind' })).toEqual([]);
  });
});

describe('words of a measure', () => {
  it('say how many samples, or that there is one number', () => {
    expect(samplesWords({ n: 3, samples: 'documents' })).toBe('n 3 documents');
    expect(samplesWords({ n: 1, samples: '' })).toBe('');
  });

  it('say the ends of the range', () => {
    expect(rangeWords({ range: [-1, 1], signed: true })).toBe('−1 to 1');
    expect(rangeWords({ range: null, signed: false })).toBe('0 or more');
    expect(rangeWords({ range: null, signed: true })).toBe('any number');
  });
});

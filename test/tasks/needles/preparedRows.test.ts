import { describe, expect, it } from 'vitest';
import { openModelFiles } from '../../../engine/files/open.ts';
import { createTokenizer } from '../../../engine/files/tokenizer/index.ts';
import { inRounds, needleFile, preparedRows } from '../../../engine/tasks/needles/index.ts';

const { tokenizer: source, config } = await openModelFiles('fixtures/models/planted-needle');
const tokenizer = createTokenizer(source, config);
const options = { tokenizer, vocabulary: 20, context: 16, where: 'runs.jsonl' };
const read = (...rows: readonly unknown[]) =>
  preparedRows(rows.map((row) => JSON.stringify(row)).join('\n'), options).runs;

describe('prepared rows', () => {
  it('are ids, span and maxNew, and what else is known', () => {
    const row = {
      ids: [0, 4, 5, 6],
      span: [1, 3],
      maxNew: 5,
      answer: 'apple',
      id: 'one',
      needle: 'a',
      depth: 50,
      x: 1,
    };
    const [run, bare] = read(row, { ids: [0, 4], span: [0, 1] });
    const [apple] = tokenizer.encode('apple', { special: false });
    expect(run).toEqual({
      ...{ id: 'one', needle: 'a', length: null, depth: 50, ids: [0, 4, 5, 6], span: [1, 3], maxNew: 5 },
      ...{ answer: [apple], answerText: 'apple' },
    });
    expect(bare).toMatchObject({ id: 'row-2', needle: null, maxNew: 50, answer: null, answerText: null });
  });

  it('that are bad are left out, each with its line, where others are not', () => {
    const rows = [{ ids: [0, 4], span: [0, 1] }, { ids: [0, 4] }, { ids: [0, 25], span: [0, 1] }];
    const { runs, left } = preparedRows(rows.map((row) => JSON.stringify(row)).join('\n'), options);
    expect(runs.map(({ id }) => id)).toEqual(['row-1']);
    expect(left.map(({ id, fault }) => `${id} ${fault.message}`)).toEqual([
      expect.stringMatching(/^row-2 runs\.jsonl, line 2: no span/),
      expect.stringMatching(/^row-3 runs\.jsonl, line 3: bad ids/),
    ]);
  });

  it('take an answer as ids', () => {
    const ids = tokenizer.encode('river stone', { special: false });
    expect(read({ ids: [0, 4], span: [0, 1], answer: ids })[0]).toMatchObject({
      answer: ids,
      answerText: 'river stone',
    });
    const text = JSON.stringify({ ids: [0], span: [0, 1], answer: [4] });
    const { runs: none } = preparedRows(text, { ...options, tokenizer: null });
    expect(none[0]).toMatchObject({ answer: [4], answerText: null });
  });

  it.each([
    [
      { ids: [0, 4], text: 'x' },
      /line 1: no span: expected span: \[from, to\), the positions in ids that hold the answer, got keys ids, text/,
    ],
    [{ ids: [0, 4], span: [0, 3] }, /bad span: expected \[from, to\) with 0 <= from < to <= 2, got \[0,3\]/],
    [{ ids: [0, 4], span: [1, 1] }, /bad span/],
    [{ ids: [0, 4], span: [1] }, /bad span/],
    [{ ids: [0, 4], span: 'all' }, /bad span.*got "all"/],
    [{ ids: [], span: [0, 1] }, /bad ids: expected token ids below 20, got \[\]/],
    [{ ids: [0, 20], span: [0, 1] }, /bad ids: expected token ids below 20, got 20 at position 1/],
    [{ span: [0, 1] }, /bad ids.*got nothing/],
    [
      { ids: Array.from({ length: 17 }, () => 4), span: [0, 1] },
      /longer than the context: expected at most 16 tokens, got 17/,
    ],
    [{ ids: [0, 4], span: [0, 1], maxNew: 0 }, /bad maxNew: expected an integer, 1 or more, got 0/],
    [{ ids: [0, 4], span: [0, 1], answer: 7 }, /bad answer: expected text or token ids, got 7/],
    [{ ids: [0, 4], span: [0, 1], answer: ' ' }, /bad answer/],
    [{ ids: [0, 4], span: [0, 1], depth: -1 }, /bad depth/],
    [{ ids: [0, 4], span: [0, 1], id: 5 }, /bad id: expected text, got 5/],
    [[1, 2], /bad row: expected a JSON object, got \[1,2\]/],
  ])('refuse %j', (row, message) => {
    expect(() => read(row)).toThrow(message);
  });

  it.each([
    ['', /runs.jsonl: no rows/],
    ['{"ids": [', /line 1: bad JSON/],
  ])('refuse %j as a file', (text, message) => {
    expect(() => preparedRows(text, options)).toThrow(message);
  });

  it('refuse an id twice, and text for a model without a tokenizer', () => {
    const row = { ids: [0, 4], span: [0, 1], id: 'a' };
    expect(() => read(row, row)).toThrow(/an id twice: expected each run once, got a/);
    const text = JSON.stringify({ ...row, answer: 'apple' });
    expect(() => preparedRows(text, { ...options, tokenizer: null })).toThrow(/the model has no tokenizer/);
  });
});

describe('needles of a file', () => {
  it('have the answer as it stands in the sentence', () => {
    const text = JSON.stringify({
      needle: 'The best thing is Eating a sandwich.',
      question: 'What?',
      real_needle: 'eating a sandwich.',
    });
    expect(needleFile(text, 'n.jsonl')).toEqual([
      {
        id: 'needle-1',
        kind: 'copy',
        sentence: 'The best thing is [answer].',
        question: 'What?',
        answer: 'Eating a sandwich',
      },
    ]);
  });

  it.each([
    [
      { needle: 'The key is red.', question: 'What?', answer: 'blue' },
      /line 1: the needle does not hold its answer.*got blue/,
    ],
    [{ needle: 'The key is red.', answer: 'red' }, /no question/],
    [{ question: 'What?', answer: 'red' }, /no needle or sentence/],
  ])('are refused: %j', (row, message) => {
    expect(() => needleFile(JSON.stringify(row), 'n.jsonl')).toThrow(message);
  });
});

describe('the order of runs', () => {
  it('has every needle in each round, and keeps the order of runs without one', () => {
    const runs = ['a', 'a', 'a', 'b', 'b', 'b'].map((needle, i) => ({ needle, i }));
    const ordered = inRounds(runs, 0);
    expect(ordered.map(({ needle }) => needle).join('')).toBe('ababab');
    expect([...ordered].sort((x, y) => x.i - y.i)).toEqual(runs);
    expect(inRounds(runs, 0)).toEqual(ordered);
    const bare = [1, 2, 3].map((i) => ({ needle: null, i }));
    expect(inRounds(bare, 0)).toEqual(bare);
  });
});

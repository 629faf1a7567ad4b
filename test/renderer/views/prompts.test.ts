import { describe, expect, it } from 'vitest';
import type { EventOf } from '../../../engine/results/contract.ts';
import type { TokenInfo } from '../../../engine/results/promptSets.ts';
import { parsePromptFile } from '../../../engine/tasks/promptFile.ts';
import { draftOfRow, emptyDraft, rowOfDraft } from '../../../renderer/views/prompts/draft.ts';
import {
  foldGenerated,
  generatedText,
  generatedWords,
  nothingWritten,
} from '../../../renderer/views/prompts/generated.ts';
import { lensRows } from '../../../renderer/views/prompts/lensRows.ts';
import { emptyLens, foldLens, lensCells, lensWindow, readingsAt } from '../../../renderer/views/prompts/lensValues.ts';
import { nextRows } from '../../../renderer/views/prompts/nextRows.ts';
import { pairColumns } from '../../../renderer/views/prompts/pairColumns.ts';
import {
  linesOf,
  rowAt,
  rowOfLine,
  withoutRow,
  withRow,
  withRowTwice,
} from '../../../renderer/views/prompts/promptFile.ts';
import { rowOfPair, textOf } from '../../../renderer/views/prompts/rowsOfPairs.ts';
import { steppedIndex } from '../../../renderer/views/prompts/steppedIndex.ts';
import { tokenWords } from '../../../renderer/views/prompts/tokenWords.ts';
import { withOption } from '../../../renderer/views/prompts/withOption.ts';

const token = (text: string, id: number, kind: Partial<TokenInfo> = {}): TokenInfo => ({
  id,
  text,
  bytes: null,
  special: false,
  partial: false,
  ...kind,
});
const row = (...texts: readonly string[]) => texts.map((text, i) => token(text, i + text.length * 100));

describe('a pair, position by position', () => {
  it('marks what differs and leaves room for the wider token', () => {
    const { columns, before, after } = pairColumns({ clean: row('Then', ' Emma'), corrupt: row('Then', ' Al') }, 10);
    expect([before, after]).toEqual([0, 0]);
    expect(columns.map(({ differs, width }) => [differs, width])).toEqual([
      [false, 4],
      [true, 5],
    ]);
    expect(columns[1]).toMatchObject({ clean: '·Emma', corrupt: '·Al' });
  });

  it('has holes where one is shorter, and no differences without a twin', () => {
    const short = pairColumns({ clean: row('a', 'b', 'c'), corrupt: row('a') }, 10).columns;
    expect(short.map(({ corrupt, differs }) => [corrupt, differs])).toEqual([
      ['a', false],
      [null, true],
      [null, true],
    ]);
    expect(pairColumns({ clean: row('a', 'b'), corrupt: null }, 10).columns.some(({ differs }) => differs)).toBe(false);
  });

  it('shows of a long one the part around the first difference', () => {
    const clean = Array.from({ length: 100 }, (_, i) => token('x', i));
    const corrupt = clean.with(80, token('y', 999));
    const { columns, before, after } = pairColumns({ clean, corrupt }, 30);
    expect(columns.map(({ position }) => position)).toContain(80);
    expect(before + columns.length + after).toBe(100);
    expect(columns).toHaveLength(30);
  });
});

describe('rows of a prompt file', () => {
  const text = '{"text":"a"}\n\n{"text":"b"}\n';

  it('are added, replaced, doubled and removed; blank lines do not count', () => {
    expect(linesOf(text)).toHaveLength(2);
    expect(rowAt(text, 1)).toEqual({ text: 'b' });
    expect(withRow(text, { text: 'c' }, null)).toBe('{"text":"a"}\n{"text":"b"}\n{"text":"c"}\n');
    expect(withRow(text, { text: 'c' }, 0)).toBe('{"text":"c"}\n{"text":"b"}\n');
    expect(withRowTwice(text, 0)).toBe('{"text":"a"}\n{"text":"a"}\n{"text":"b"}\n');
    expect(withoutRow(text, 0)).toBe('{"text":"b"}\n');
  });

  it('are found by the line that an error names', () => {
    expect(rowOfLine(text, 'own.jsonl, line 3, key answer')).toBe(1);
    expect(rowOfLine(text, 'config.json')).toBeNull();
  });

  it('hold what was written, several answers as a list', () => {
    const draft = { ...emptyDraft, text: 'So', corrupt: 'No', answer: ' a| b', wrong: ' c' };
    expect(rowOfDraft(draft, null)).toEqual({ text: 'So', corrupt: 'No', answer: [' a', ' b'], wrong: ' c' });
    expect(rowOfDraft({ ...draft, kind: 'chat' }, [1, 2])).toEqual({ ids: [1, 2], answer: [' a', ' b'], wrong: ' c' });
    const shown = { text: '', corrupt: '', answer: '', wrong: '' };
    expect(draftOfRow(rowOfDraft(draft, null), 4, shown)).toEqual({ ...draft, row: 4 });
  });
});

describe('prompts of a task as rows', () => {
  const clean = [token('<bos>', 0, { special: true }), token(' Emma', 5), token('\u00b7', 6)];
  const pair = {
    index: 0,
    clean,
    corrupt: clean.with(1, token(' Mary', 7)),
    answers: [' Emma'],
    wrong: [' Zoe'],
    answerPosition: 2,
    aligned: true,
    differs: [1],
  };

  it('name tokens of the prompt by id, others by text, and leave out what is put in front anyway', () => {
    expect(rowOfPair(pair, 0)).toEqual({
      text: ' Emma\u00b7',
      ids: [0, 5, 6],
      corrupt: ' Mary\u00b7',
      corruptIds: [0, 7, 6],
      answerId: [5],
      wrong: [' Zoe'],
    });
  });

  it('are read by the engine with the same ids', () => {
    const tokenizer = { bosId: 0, encode: () => [9], decode: () => ' Zoe' };
    const options = { tokenizer, vocabulary: 10, context: null, where: 'x.jsonl' };
    const [prompt] = parsePromptFile(
      JSON.stringify(rowOfPair(pair, 0)),
      options as Parameters<typeof parsePromptFile>[1],
    );
    expect(prompt).toMatchObject({ ids: [0, 5, 6], corruptIds: [0, 7, 6], answers: [5], wrong: [9] });
  });

  it('spell out special tokens and put half characters together; half of one at the end has no text', () => {
    const halves = [token('<0xF0><0x9F>', 1, { partial: true }), token('<0xA6><0x84>', 2, { partial: true })];
    expect(textOf([token('<|im_start|>', 3, { special: true }), ...halves], null)).toBe('<|im_start|>\u{1f984}');
    expect(textOf(halves.slice(0, 1), null)).toBeNull();
  });
});

describe('settings of a task', () => {
  const options = { depth: { kind: 'integer', from: -1, to: 100, default: -1, about: '' } } as const;

  it('are given only where they are not the default', () => {
    expect(withOption(options, {}, 'depth', 50)).toEqual({ depth: 50 });
    expect(withOption(options, { depth: 50, other: 'x' }, 'depth', -1)).toEqual({ other: 'x' });
  });
});

describe('next tokens', () => {
  it('are summed, and answers are named', () => {
    const tokens = [
      { id: 1, text: ' Emma', logit: 3, probability: 0.5, logitChange: 0 },
      { id: 2, text: null, logit: 2, probability: 0.25, logitChange: 0 },
    ];
    const rows = nextRows(tokens, { answers: [' Emma'], wrong: ['#2'] });
    expect(rows.map(({ cumulative, kind, text }) => [cumulative, kind, text])).toEqual([
      [0.5, 'answer', ' Emma'],
      [0.75, 'wrong', '#2'],
    ]);
  });
});

describe('the logit lens', () => {
  const event = (layer: number): Extract<EventOf<'lens'>, { kind: 'layer' }> => ({
    kind: 'layer',
    layer,
    positions: 2,
    top: 2,
    ids: Uint32Array.of(1, 2, 3, 1),
    probabilities: Float32Array.of(0.5, 0.25, 0.75, 0.125),
    texts: { 1: ' a', 2: ' b', 3: ' c' },
    entropy: Float32Array.of(1, 2),
    targetProbabilities: Float32Array.of(0.25, 0),
    targetRanks: Uint32Array.of(1, 100),
  });
  const table = [{ kind: 'start', ids: [8, 9], tokens: null } as const, event(-1)].reduce(foldLens, emptyLens);

  it('leaves unknown what has not come', () => {
    const { texts, values } = lensCells(table, [0, -1], 2, 'top', 100);
    expect(texts).toEqual(['', '', ' a', ' c']);
    expect([...values]).toEqual([NaN, NaN, 0.5, 0.75]);
  });

  it('is coloured by a token: its probability, its rank from 1 (first) to 0 (last)', () => {
    expect([...lensCells(table, [-1], 2, 'target', 100).values]).toEqual([0.25, 0]);
    expect([...lensCells(table, [-1], 2, 'rank', 100).values]).toEqual([1, 0]);
  });

  it('reads a cell, and a row of the table', () => {
    expect(readingsAt(event(0), 1).map(({ text, probability }) => [text, probability])).toEqual([
      [' c', 0.75],
      [' a', 0.125],
    ]);
    expect(lensRows(table, [0, -1], [4, 5], [])).toHaveLength(2);
    expect(lensRows(table, [0, -1], [4, 5], [])[1]).toMatchObject({
      layer: -1,
      position: 5,
      predicted: ' c',
      targetRank: 100,
    });
  });

  it('shows the positions up to the answer, or those that it was moved to', () => {
    expect(lensWindow(10, 4, null, 7)).toEqual([4, 5, 6, 7]);
    expect(lensWindow(10, 4, 8, 7)).toEqual([6, 7, 8, 9]);
    expect(lensWindow(3, 4, null, 2)).toEqual([0, 1, 2]);
  });
});

describe('words', () => {
  it('of a token say id, bytes and what it is', () => {
    const tokens = [token(' Emma', 17, { bytes: [4, 9] }), token('<0xF0>', 3, { partial: true })];
    expect(tokenWords(tokens, 0)).toBe('position 0  ·  ·Emma  ·  id 17  ·  bytes 4 to 9 of the text');
    expect(tokenWords(tokens, 1)).toContain('part of a character');
    expect(tokenWords(tokens, 9)).toBe('');
  });

  it('of what is generated say why it stopped', () => {
    const events = [' a', ''].map((text, id) => ({ kind: 'token' as const, id, text, logProbability: 0 }));
    const written = events.reduce(foldGenerated, nothingWritten);
    expect(generatedText(written)).toBe(' a');
    expect(generatedWords('partial', written, null)).toBe('2 tokens, writing');
    expect(generatedWords('cancelled', written, null)).toBe('2 tokens, stopped');
    const result = { promptTokens: 1, ids: [0, 1], text: ' a', stopped: 'end' as const, seconds: 1 };
    expect(generatedWords('done', written, result)).toBe('2 tokens, ended by itself, 2.0 tokens/s');
  });

  it('keys move through the list and stay within it', () => {
    expect(steppedIndex('ArrowDown', 8, 10, 5)).toBe(9);
    expect(steppedIndex('PageUp', 3, 10, 5)).toBe(0);
    expect(steppedIndex('End', 3, 10, 5)).toBe(9);
    expect(steppedIndex('x', 3, 10, 5)).toBeNull();
  });
});

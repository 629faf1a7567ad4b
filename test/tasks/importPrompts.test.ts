import { describe, expect, it } from 'vitest';
import { importPrompts } from '../../engine/tasks/importPrompts.ts';
import { parsePromptFile } from '../../engine/tasks/promptFile.ts';
import { faultOf } from '../files/temporary.ts';

const rowsOf = ({ file }: { readonly file: { readonly text: string } }): unknown[] =>
  file.text
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));

describe('prompts of EAP', () => {
  const ioi = [
    ',clean,corrupted,corrupted_hard,correct_idx,incorrect_idx',
    '470,"Then, Aaron and Amber were working at the house. Aaron decided to give a drink to","Then, Aaron and Amber were working at the house. Tiffany decided to give a drink to","Then, Aaron and Amber were working at the house. Amber decided to give a drink to",47764,26757',
    '91,"Then, Kimberly and William were at the school. William gave a bone to","Then, Kimberly and William were at the school. Bradley gave a bone to",x,86753,12656',
  ].join('\n');

  it('with ids of the answers are pairs, and what else the table holds is named', () => {
    const imported = importPrompts({ name: 'ioi_llama.csv', text: ioi });
    expect(imported).toMatchObject({ format: 'csv', rows: 2, file: { name: 'ioi_llama.jsonl' } });
    expect(rowsOf(imported)[0]).toEqual({
      text: 'Then, Aaron and Amber were working at the house. Aaron decided to give a drink to',
      corrupt: 'Then, Aaron and Amber were working at the house. Tiffany decided to give a drink to',
      answerId: 47764,
      wrongId: 26757,
    });
    expect(imported.notes).toEqual([
      'column without a name is left out (2 times, first ioi_llama.csv, line 2)',
      'column corrupted_hard is left out (2 times, first ioi_llama.csv, line 2)',
      'correct_idx and incorrect_idx are token ids of the model that the file was made for: with another tokenizer they are other words (2 times, first ioi_llama.csv, line 2)',
    ]);
  });

  it('whose label is a year have all later years as answers', () => {
    const imported = importPrompts({
      name: 'greater_than_data.csv',
      text: 'clean,corrupted,label\r\nThe plan lasted from the year 1697 to the year 16,The plan lasted from the year 1601 to the year 16,97\r\n',
    });
    expect(rowsOf(imported)).toEqual([
      {
        text: 'The plan lasted from the year 1697 to the year 16',
        corrupt: 'The plan lasted from the year 1601 to the year 16',
        answer: ['98', '99'],
        wrong: Array.from({ length: 98 }, (_, i) => String(i).padStart(2, '0')),
      },
    ]);
  });

  it('with a label that is a text have it as the answer; a bare number is left out and said so', () => {
    const imported = importPrompts({ name: 'a.csv', text: 'clean,corrupted,label\nA b,C d, e\nA b,C d,17\n' });
    expect(rowsOf(imported)).toEqual([
      { text: 'A b', corrupt: 'C d', answer: ' e' },
      { text: 'A b', corrupt: 'C d' },
    ]);
    expect(imported.notes).toEqual(['label is left out: a number whose meaning the file does not say (a.csv, line 3)']);
  });
});

describe('a table in our own columns', () => {
  it('keeps spaces, quotes, lines and lists; an empty cell says nothing', () => {
    const text = '\ufefftext,answer,wrongId,corrupt\n"He said ""a\nb"" to", Mary,7,\n"x","["" a"","" b""]","[1,2]",y\n';
    expect(rowsOf(importPrompts({ name: 'a.csv', text }))).toEqual([
      { text: 'He said "a\nb" to', answer: ' Mary', wrongId: 7 },
      { text: 'x', answer: [' a', ' b'], wrongId: [1, 2], corrupt: 'y' },
    ]);
  });
});

describe('prompts of AutoCircuit', () => {
  const prompts = [
    {
      clean: 'When Mary and John went, John gave',
      corrupt: 'When Mary and Tom went, Ann gave',
      answers: [' Mary'],
      wrong_answers: [' John', ' Tom'],
    },
    { clean: [1, 2, 3], corrupt: [1, 2, 4], answers: [7], wrong_answers: [8] },
    {
      clean: [
        [3, 3],
        [2, 2],
      ],
      answers: [1],
    },
  ];

  it('are pairs as texts or as ids; positions of words and vectors are left out and said so', () => {
    const text = JSON.stringify({ prompts, word_idxs: { IO: 1 } }, null, 2);
    const imported = importPrompts({ name: 'ioi_prompts.json', text });
    expect(imported).toMatchObject({ format: 'autocircuit', rows: 2, file: { name: 'ioi_prompts.jsonl' } });
    expect(rowsOf(imported)).toEqual([
      { text: prompts[0]?.clean, corrupt: prompts[0]?.corrupt, answer: [' Mary'], wrong: [' John', ' Tom'] },
      { ids: [1, 2, 3], corruptIds: [1, 2, 4], answerId: [7], wrongId: [8] },
    ]);
    expect(imported.notes).toEqual([
      'word_idxs is left out (ioi_prompts.json)',
      'clean is left out: neither texts nor token ids (ioi_prompts.json, prompt 3)',
      'left out: no prompt (ioi_prompts.json, prompt 3)',
    ]);
  });

  it('are told from their content, on one line too', () => {
    expect(importPrompts({ name: 'x.jsonl', text: JSON.stringify({ prompts }) }).format).toBe('autocircuit');
  });
});

describe('our own prompts', () => {
  it('come through as they are, and are read by what reads prompt files', () => {
    const text = '{"ids":[1,2],"answerId":3,"wrongId":[4]}\r\n\n{"ids":[1],"corruptIds":[2]}\n';
    const imported = importPrompts({ name: 'own.jsonl', text });
    expect([imported.format, imported.notes]).toEqual(['jsonl', []]);
    const source = { tokenizer: null, vocabulary: 10, context: null, where: 'own.jsonl' };
    expect(parsePromptFile(imported.file.text, source)).toEqual(parsePromptFile(text, source));
  });
});

describe('a hostile or broken file', () => {
  it.each([
    ['nothing', '', /no prompts/],
    ['a table without prompts', 'a,b\n1,2\n', /no column of prompts.*got a, b/],
    ['a table with a column twice', 'clean,clean\n1,2\n', /a column twice.*got clean/],
    ['a row of another length', 'clean,label\nx\n', /f, line 2: a row of another length/],
    ['a quote that does not end', 'clean\n"abc\n', /f, line 2: a quote that does not end/],
    ['text after a closing quote', 'clean\n"abc"d\n', /f, line 2: text after a closing quote/],
    ['a quote inside a field', 'clean\na"b\n', /f, line 2: a quote inside a field/],
    ['many columns', `clean${','.repeat(2000)}\n`, /too many fields/],
    ['a long field', `clean\n"${'a'.repeat(2 ** 20 + 1)}"\n`, /a field too long/],
    ['bad JSON', '{"text":"a"}\n{"text":', /f, line 2: bad row/],
    ['a list', '{"text":"a"}\n[1]', /f, line 2: bad row/],
    ['JSON of something else', '{\n"prompts": 3}', /not a file of AutoCircuit/],
    ['prompts that are no objects', '{"prompts":[1,null,"a"]}', /no prompts.*not an object/],
    ['rows without prompts', '{"answer":" a"}', /no prompts/],
  ])('that holds %s is refused in one line', async (_what, text, message) => {
    const fault = await faultOf(() => importPrompts({ name: 'f', text }));
    expect(fault).toMatch(message);
    expect(fault).not.toContain('\n');
  });

  it('can not reach what objects are made of', () => {
    const imported = importPrompts({
      name: 'f',
      text: '{"text":"a","__proto__":{"x":1},"constructor":"y","toString":2}',
    });
    expect(rowsOf(imported)).toEqual([{ text: 'a' }]);
    expect(imported.notes).toHaveLength(3);
  });

  it('with very many strange columns gives few notes', () => {
    const strange = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`k${i}`, i]));
    expect(importPrompts({ name: 'f', text: JSON.stringify({ text: 'a', ...strange }) }).notes).toHaveLength(50);
  });

  it('of a million rows is refused at its hundred thousand and first', async () => {
    const fault = await faultOf(() => importPrompts({ name: 'f', text: `clean\n${'a\n'.repeat(100_001)}` }));
    expect(fault).toMatch(/f, line 100002: too many prompts/);
  });
});

import { describe, expect, it } from 'vitest';
import { parsePromptFile, promptFileLimits } from '../../engine/tasks/promptFile.ts';
import type { PromptFileOptions } from '../../engine/tasks/promptFile.ts';
import { Fault } from '../../engine/terms/fault.ts';
import { seededRandom } from '../../engine/tensor/random.ts';
import type { Random } from '../../engine/tensor/random.ts';
import { wordTokenizer } from './wordTokenizer.ts';

const tokenizer = wordTokenizer();
const base: PromptFileOptions = { tokenizer, vocabulary: 1000, context: 16, where: 'prompts.jsonl' };
const parse = (text: string, options: Partial<PromptFileOptions> = {}) =>
  parsePromptFile(text, { ...base, ...options });
const one = (row: unknown, options: Partial<PromptFileOptions> = {}) => parse(JSON.stringify(row), options)[0];
const ids = (text: string) => tokenizer.encode(text);

describe('rows of a prompt file', () => {
  it('texts become ids, and answers are encoded with the space they are written with', () => {
    const row = { text: 'The cat and the', answer: ' dog', wrong: [' cat', ' cow'], corrupt: 'The cow and the' };
    expect(one(row)).toEqual({
      ids: ids('The cat and the'),
      corruptIds: ids('The cow and the'),
      negativeIds: null,
      answers: ids(' dog'),
      wrong: [...ids(' cat'), ...ids(' cow')],
      answerPosition: 3,
      positions: { end: 3 },
      text: 'The cat and the',
    });
    expect(one({ text: 'The', answer: 'dog' })?.answers).not.toEqual(ids(' dog'));
  });

  it('ids are taken as they are and win over texts', () => {
    const row = {
      text: 'x y',
      ids: [5, 6],
      answer: ' a',
      answerId: 7,
      wrong: ' b',
      wrongId: [8, 9],
      corruptIds: [6, 5],
    };
    const expected = { ids: [5, 6], answers: [7], wrong: [8, 9], corruptIds: [6, 5], text: 'x y' };
    expect(one(row, { tokenizer: wordTokenizer({ bosId: 1 }) })).toMatchObject(expected);
    expect(one(row, { tokenizer: null })).toMatchObject(expected);
  });

  it('a prompt alone is enough', () => {
    expect(one({ ids: [0] })).toMatchObject({ ids: [0], answers: [], wrong: [], corruptIds: null, text: null });
  });

  it('texts, clean and corrupt, begin with what the tokenizer begins with', () => {
    const bos = wordTokenizer({ bosId: 1 });
    const prompt = one({ text: 'a b', corrupt: 'a c', answer: ' d' }, { tokenizer: bos });
    expect(prompt?.ids).toEqual([1, ...bos.encode('a b')]);
    expect(prompt?.corruptIds?.[0]).toBe(1);
    expect(prompt?.answerPosition).toBe(2);
    expect(prompt?.answers).toEqual(bos.encode(' d'));
  });

  it('answers are one token where the tokenizer puts a space before every text', () => {
    const spaced = wordTokenizer({ dummyPrefix: true });
    const prompt = one({ text: 'The cat', answer: ' sat' }, { tokenizer: spaced });
    expect(spaced.decode(prompt?.answers ?? [])).toBe(' sat');
    const noText = one({ ids: [10, 11], answer: ' sat' }, { tokenizer: spaced });
    expect(noText?.answers).toEqual(prompt?.answers);
  });

  it('an answer that the end of the prompt would join with is encoded alone', () => {
    const pairs = wordTokenizer({ digits: 3 });
    const prompt = one({ text: 'from 17', answer: '32' }, { tokenizer: pairs });
    expect(pairs.decode(prompt?.answers ?? [])).toBe('32');
  });
});

describe('the file', () => {
  it('may have a byte order mark, CRLF and blank lines, and counts them all', () => {
    const text = '\ufeff{"ids":[1]}\r\n\r\n   \n{"ids":[2,3]}\r\n\n';
    expect(parse(text).map((prompt) => prompt.ids)).toEqual([[1], [2, 3]]);
    expect(() => parse(`${text}{`)).toThrow(
      'prompts.jsonl, line 6: bad JSON: expected a JSON object on one line, got {',
    );
  });

  it('has at least one row and no more than it may', () => {
    expect(() => parse('\n \n')).toThrow(
      'prompts.jsonl: no prompts: expected at least one row of JSON, got only blank lines',
    );
    expect(() => parse('')).toThrow(Fault);
    const { rows, characters } = promptFileLimits;
    expect(parse('{"ids":[1]}\n'.repeat(rows))).toHaveLength(rows);
    expect(() => parse('{"ids":[1]}\n'.repeat(rows + 1))).toThrow(`line ${rows + 1}: too many prompts`);
    expect(() => parse(' '.repeat(characters + 1))).toThrow('prompt file too large');
  });

  it('names line 37 where line 37 is bad', () => {
    const lines = Array.from({ length: 50 }, (_, i) => JSON.stringify({ text: 'a b', answer: i === 36 ? 5 : ' c' }));
    expect(() => parse(lines.join('\n'))).toThrow(
      'prompts.jsonl, line 37, key answer: wrong type: expected a text or a list of texts, got a number',
    );
  });
});

describe('bad rows', () => {
  const cases: readonly (readonly [string, unknown, string])[] = [
    ['no object', [1], 'bad row: expected a JSON object, got a list'],
    ['null', null, 'bad row: expected a JSON object, got null'],
    ['a number', 5, 'bad row: expected a JSON object, got a number'],
    ['an unknown key', { text: 'a', anwser: ' b' }, 'unknown key: expected one of text, ids, answer, answerId, wrong,'],
    ['no prompt', { answer: ' b' }, 'no prompt: expected text or ids, got answer'],
    ['an empty row', {}, 'no prompt: expected text or ids, got an empty row'],
    ['an empty text', { text: '' }, 'key text: empty prompt'],
    ['empty ids', { ids: [] }, 'key ids: empty prompt: expected at least one token, got none'],
    ['a text that is none', { text: 5 }, 'key text: wrong type: expected a text, got a number'],
    ['half a character', { text: 'a\ud800' }, 'key text: bad text: expected whole characters'],
    ['ids that are none', { ids: 'a' }, 'key ids: wrong type: expected a list of token ids, got a string'],
    ['one id', { ids: 5 }, 'key ids: wrong type: expected a list of token ids, got a number'],
    ['an id too high', { ids: [1, 1000] }, 'key ids: bad token id: expected an integer from 0 to 999, got 1000'],
    ['an id below zero', { ids: [-1] }, 'key ids: bad token id: expected an integer from 0 to 999, got -1'],
    ['half an id', { ids: [1.5] }, 'key ids: bad token id: expected an integer from 0 to 999, got 1.5'],
    ['an id in quotes', { ids: ['1'] }, 'key ids: bad token id: expected an integer from 0 to 999, got a string'],
    ['a list in ids', { ids: [[1]] }, 'key ids: bad token id: expected an integer from 0 to 999, got a list'],
    [
      'too long a prompt',
      { ids: Array(17).fill(1) },
      'key ids: prompt longer than the context: expected at most 16 tokens, got 17',
    ],
    [
      'too long a text',
      { text: ' a'.repeat(17) },
      'key text: prompt longer than the context: expected at most 16 tokens',
    ],
    [
      'corrupt of another length',
      { ids: [1, 2], corruptIds: [1] },
      'key corruptIds: corrupt prompt of another length: expected 2 tokens, got 1',
    ],
    [
      'a corrupt text of another length',
      { text: 'a b', corrupt: 'a' },
      'key corrupt: corrupt prompt of another length',
    ],
    [
      'a bad corrupt',
      { ids: [1], corruptIds: {} },
      'key corruptIds: wrong type: expected a list of token ids, got an object',
    ],
    [
      'an answer of two tokens',
      { text: 'a', answer: ' b c' },
      'key answer: not one token: expected one token (is the leading space written?), got " b c" as 2: " b", " c"',
    ],
    ['an empty answer', { text: 'a', answer: '' }, 'key answer: empty answer'],
    ['no answer in the list', { text: 'a', answer: [] }, 'key answer: empty list: expected at least one, got none'],
    [
      'an answer id out of range',
      { ids: [1], answerId: 1e6 },
      'key answerId: bad token id: expected an integer from 0 to 999',
    ],
    [
      'an answer id in quotes',
      { ids: [1], answerId: '5' },
      'key answerId: wrong type: expected a token id or a list of them, got a string',
    ],
    [
      'an answer twice',
      { ids: [1], answerId: [2, 2] },
      'key answerId: the same token twice: expected different tokens, got 2',
    ],
    [
      'a wrong answer that is right',
      { ids: [1], answerId: 2, wrongId: [3, 2] },
      'key wrongId: a wrong answer is an answer too: expected others, got 2',
    ],
    [
      'a wrong answer twice',
      { ids: [1], wrongId: [2, 3, 2] },
      'key wrongId: the same token twice: expected different tokens, got 2',
    ],
    ['a bad text beside ids', { ids: [1], text: 5 }, 'key text: wrong type: expected a text, got a number'],
    ['a wrong answer of two tokens', { text: 'a', wrong: [' b', ' b c'] }, 'key wrong: not one token'],
  ];

  it.each(cases)('%s', (_, row, message) => {
    expect(() => one(row)).toThrow(Fault);
    expect(() => one(row)).toThrow(message);
    expect(() => one(row)).toThrow(/^prompts\.jsonl, line 1/);
  });

  it('ids of answers are below the vocabulary of the logits, where that is another', () => {
    const options = { vocabulary: 10, outputVocabulary: 3 };
    expect(one({ ids: [9], answerId: 2 }, options)?.answers).toEqual([2]);
    expect(() => one({ ids: [9], answerId: 3 }, options)).toThrow('expected an integer from 0 to 2, got 3');
    expect(() => one({ ids: [10], answerId: 2 }, options)).toThrow('expected an integer from 0 to 9, got 10');
  });

  it('a prototype is a key like any other', () => {
    expect(() => parse('{"ids":[1],"__proto__":{"answerId":2}}')).toThrow('unknown key');
    expect(() => parse('{"ids":[1],"constructor":1}')).toThrow('unknown key');
  });

  it('texts are refused where the model has no tokenizer, naming the key to use', () => {
    const without = { tokenizer: null };
    expect(() => one({ text: 'a' }, without)).toThrow('key text: the model has no tokenizer: expected ids, got text');
    expect(() => one({ ids: [1], answer: ' b' }, without)).toThrow('expected answerId, got text');
    expect(() => one({ ids: [1], wrong: ' b' }, without)).toThrow('expected wrongId, got text');
    expect(() => one({ ids: [1], corrupt: 'b' }, without)).toThrow('expected corruptIds, got text');
  });

  it('deep nesting and huge texts are refused quickly', () => {
    expect(() => parse('['.repeat(1_000_000))).toThrow(Fault);
    expect(() => parse(`${'{"ids":'.repeat(200_000)}1${'}'.repeat(200_000)}`)).toThrow(Fault);
    expect(() => one({ text: 'a '.repeat(2 ** 20) }, { context: null })).toThrow('key text: text too long');
  });

  it('faults stay on one line', () => {
    for (const text of ['{"a\\nb":1}', '\u0000\u001b[31m', '{"text":"a\\u2028","answer":"\\n\\n\\n x"}']) {
      expect(faultOf(text)).toMatch(/^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]+$/);
    }
  });
});

function faultOf(text: string): string | null {
  try {
    parse(text);
    return null;
  } catch (error) {
    if (error instanceof Fault) return error.message;
    throw error;
  }
}

const whole = [
  { text: 'The cat and the', answer: ' dog', wrong: [' cat', ' cow'], corrupt: 'The cow and the' },
  { ids: [1, 2, 3], answerId: [4, 5], wrongId: 6, corruptIds: [3, 2, 1] },
  { text: 'Zürich \u{1f600} "quoted" \\', answer: ['a', ' b'] },
].map((row) => JSON.stringify(row));

const pieces = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ',',
  ':',
  '\\',
  '\n',
  '\r\n',
  '\ufeff',
  '\u0000',
  '-1',
  '1e999',
  '99999',
  'null',
  'true',
  '\ud83d',
  '\\u0000',
  '"ids":',
  '"answer":',
  ' ',
];

/** One to four random changes: a character replaced, a piece put in, a range cut, or a range doubled. */
function mutate(text: string, random: Random): string {
  let mutant = text;
  for (let changes = 1 + random.below(4); changes > 0; changes--) {
    const from = random.below(mutant.length + 1);
    const to = Math.min(mutant.length, from + random.below(12));
    const middle = [
      String.fromCharCode(random.below(random.below(2) === 0 ? 128 : 65536)),
      random.pick(pieces),
      '',
      mutant.slice(from, to).repeat(2),
    ][random.below(4)];
    mutant = mutant.slice(0, from) + middle + mutant.slice(to);
  }
  return mutant;
}

describe('mutated files', () => {
  const mutants = process.env['HEADSCOPE_LONG'] === '1' ? 10_000 : 600;

  it(`${mutants} of them are read or refused, and what is read keeps its promises`, () => {
    const random = seededRandom(37);
    const counts = { read: 0, refused: 0 };
    for (let i = 0; i < mutants; i++) {
      const text = mutate(whole.join('\n'), random);
      try {
        for (const prompt of parse(text)) {
          const all = [...prompt.ids, ...prompt.answers, ...prompt.wrong, ...(prompt.corruptIds ?? [])];
          expect(all.every((id) => Number.isInteger(id) && id >= 0 && id < base.vocabulary)).toBe(true);
          expect(prompt.ids.length).toBeGreaterThan(0);
          expect(prompt.corruptIds?.length ?? prompt.ids.length).toBe(prompt.ids.length);
        }
        counts.read++;
      } catch (error) {
        if (!(error instanceof Fault)) throw new Error(`mutant ${i}: ${JSON.stringify(text)}`, { cause: error });
        expect(error.message).toMatch(/^prompts\.jsonl(, line \d+)?/);
        counts.refused++;
      }
    }
    expect(counts.read).toBeGreaterThan(mutants / 100);
    expect(counts.refused).toBeGreaterThan(mutants / 2);
  });
});

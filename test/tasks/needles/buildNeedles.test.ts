import { describe, expect, it } from 'vitest';
import { openModelFiles } from '../../../engine/files/open.ts';
import type { ChatTemplate, Tokenizer } from '../../../engine/files/tokenizer/index.ts';
import { createTokenizer, renderChat } from '../../../engine/files/tokenizer/index.ts';
import type { BuildNeedlesRequest, NeedleRun } from '../../../engine/tasks/needles/index.ts';
import { buildNeedles, needles, previewRun } from '../../../engine/tasks/needles/index.ts';
import { fixtureBytes } from '../../tokenizer/fixtures.ts';
import { realModelPath } from '../../run/models.ts';

const realPath = realModelPath();
const tiny = await open('fixtures/models/tiny-heads');

async function open(path: string): Promise<Tokenizer> {
  const files = await openModelFiles(path);
  return createTokenizer(files.tokenizer, files.config);
}

const request = {
  tokenizer: tiny,
  context: 512,
  needles,
  grids: [{ lengths: [300, 400], depths: [0, 50, 100] }],
  haystack: { kind: 'stories', seed: 0 },
  template: 'plain',
  prompt: 'answer',
} as const satisfies BuildNeedlesRequest;

const build = (more: Partial<BuildNeedlesRequest> = {}) => buildNeedles({ ...request, ...more });
const textIn = ({ ids }: Pick<NeedleRun, 'ids'>, [from, to]: readonly [number, number], tokenizer = tiny) =>
  tokenizer.decode(ids.slice(from, to)).trim();

describe('needles of our own', () => {
  it('are eight that are copied and some that need a step of reasoning, each with its parts apart', () => {
    expect(needles.filter(({ kind }) => kind === 'copy').length).toBeGreaterThanOrEqual(8);
    expect(needles.some(({ kind }) => kind === 'reasoning')).toBe(true);
    expect(new Set(needles.map(({ id }) => id)).size).toBe(needles.length);
    for (const { sentence, answer, question } of needles) {
      expect(sentence.split('[answer]')).toHaveLength(2);
      expect(`${sentence} ${question}`).not.toContain(answer);
    }
  });
});

describe('runs', () => {
  it('carry the spans of answer, sentence and question', async () => {
    const { runs, left } = await build();
    expect(left).toEqual([]);
    expect(runs).toHaveLength(needles.length * 6);
    for (const run of runs) {
      const needle = needles.find(({ id }) => id === run.needle);
      expect(textIn(run, run.span)).toBe(needle?.answer);
      expect(textIn(run, run.sentence)).toBe(needle?.sentence.replace('[answer]', needle.answer));
      expect(textIn(run, run.question)).toBe(needle?.question);
      expect(textIn(run.blank, run.blank.question)).toBe('N/A');
      expect(run.blank.ids.slice(0, run.question[0])).toEqual(run.ids.slice(0, run.question[0]));
    }
  });

  it('have as many tokens as fit whole sentences, and the answer as the model says it', async () => {
    const { runs } = await build();
    for (const run of runs) {
      expect(run.ids.length).toBeLessThanOrEqual(run.length);
      expect(run.ids.length).toBeGreaterThan(run.length - 40);
      expect(tiny.decode(run.answer)).toBe(` ${run.answerText}`);
      expect(tiny.decode(run.ids).endsWith('\nAnswer:')).toBe(true);
    }
  });

  it('have the needle between two sentences, first at depth 0 and last at 100', async () => {
    const { runs } = await build();
    for (const { ids, sentence, question, depth } of runs) {
      const before = tiny.decode(ids.slice(1, sentence[0]));
      const after = tiny.decode(ids.slice(sentence[1], question[0]));
      if (depth === 0) expect(before).toBe('');
      else expect(before.trimEnd()).toMatch(/\.$/);
      if (depth === 100) expect(after).toMatch(/^\s*Answer the question/);
      if (depth === 50) expect(Math.abs(sentence[0] / (question[0] - 20) - 0.5)).toBeLessThan(0.15);
    }
  });

  it('of one needle share their haystack, those of two do not', async () => {
    const { runs } = await build({ grids: [{ lengths: [300], depths: [0] }] });
    const haystack = ({ ids, sentence }: NeedleRun) => ids.slice(sentence[1], sentence[1] + 60).join(' ');
    expect(new Set(runs.map(haystack)).size).toBe(needles.length);
    const [longer] = (await build({ grids: [{ lengths: [400], depths: [0] }] })).runs;
    expect(haystack(longer as NeedleRun)).toBe(haystack(runs[0] as NeedleRun));
  });

  it('are the same for the same seed, and a cell in two grids is made once', async () => {
    const grid = { lengths: [300], depths: [0, 50] };
    const [once, twice] = [await build({ grids: [grid] }), await build({ grids: [grid, grid] })];
    expect(twice).toEqual(once);
    const other = await build({ grids: [grid], haystack: { kind: 'stories', seed: 1 } });
    expect(other.runs[0]?.ids).not.toEqual(once.runs[0]?.ids);
  });

  it('ask for steps before the answer', async () => {
    const { runs } = await build({ prompt: 'steps' });
    expect(runs[0]?.maxNew).toBe(128);
    expect(tiny.decode(runs[0]?.ids ?? []).endsWith("Answer: Let's think step by step.")).toBe(true);
  });

  it('can be shown with the needle marked', async () => {
    const [, run] = (await build()).runs;
    const parts = previewRun(run as NeedleRun, (ids) => tiny.decode(ids));
    expect(parts.map(({ part }) => part)).toEqual(['text', 'needle', 'answer', 'needle', 'text', 'question', 'text']);
    expect(parts[2]?.text.trim()).toBe(run?.answerText);
    expect(parts.map(({ text }) => text).join('')).toBe(tiny.decode(run?.ids ?? []));
  });
});

const template = (source: string): ChatTemplate => ({
  source,
  render: (messages, options) => renderChat(source, messages, { bosToken: '', eosToken: '', ...options }),
});

const chatty = (source: string): Tokenizer => ({ ...tiny, chat: template(source) });

const turns =
  "{% for message in messages %}<{{ message['role'] }}> {{ message['content'] }}\n{% endfor %}{% if add_generation_prompt %}<assistant> {% endif %}";

describe('chat', () => {
  it('puts the text into a turn of the template, and begins the answer', async () => {
    const { runs } = await build({ template: 'chat', tokenizer: chatty(turns) });
    const text = tiny.decode(runs[0]?.ids ?? []);
    expect(text).toMatch(/^<user> Here is a text\.\n\n/);
    expect(text).toMatch(/halvern on a rainy day\?\n<assistant> Answer:$/i);
    expect(textIn(runs[0] as NeedleRun, runs[0]?.span ?? [0, 0])).toBe(runs[0]?.answerText);
  });

  it.each([
    ['a model without one', tiny, /no chat template: expected a chat model, or the plain template/],
    ['one that fails', chatty("{{ raise_exception('no users') }}"), /chat template: the template failed: no users/],
    [
      'one that drops the message',
      chatty('hello'),
      /does not give back what it is given: expected the message once, got a turn without it/,
    ],
    [
      'one that repeats it',
      chatty("{{ messages[0]['content'] }} {{ messages[0]['content'] }}"),
      /expected the message once, got 2 times/,
    ],
  ])('refuses %s', async (_, tokenizer, message) => {
    await expect(build({ template: 'chat', tokenizer })).rejects.toThrow(message);
  });
});

describe('texts of the user', () => {
  const sentence = 'The old road runs along the river and ends at the mill. ';
  const texts = (text: string) => ({ kind: 'texts', texts: [{ name: 'a.txt', text }] }) as const;

  it('are haystacks, from another part for each needle', async () => {
    const numbered = Array.from({ length: 200 }, (_, i) => `Page ${i} of the book is about the river. `).join('');
    const { runs } = await build({ haystack: texts(numbered), grids: [{ lengths: [300], depths: [0] }] });
    const starts = runs.map(({ ids, sentence: [, to] }) => tiny.decode(ids.slice(to, to + 12)));
    expect(new Set(starts).size).toBe(needles.length);
    for (const start of starts) expect(start).toMatch(/^ ?Page \d/);
  });

  it.each([
    ['short ones', sentence.repeat(3), /the haystack is too short: expected 400 tokens, got \d+/],
    ['ones without a sentence', 'river mill road '.repeat(400), /no place between sentences in the haystack/],
    ['empty ones', ' \n', /the haystack has no text/],
  ])('are refused: %s', async (_, text, message) => {
    await expect(build({ haystack: texts(text) })).rejects.toThrow(message);
  });
});

describe('cells without a run', () => {
  const swans = needles.slice(0, 1);
  const cell = (length: number, depth: number) =>
    build({ needles: swans, grids: [{ lengths: [length], depths: [depth] }] });

  it.each([
    [
      30,
      50,
      /needle swans, 30 tokens, depth 50 %: the needle is longer than the length: expected at least \d+ tokens for needle, question and template, got 30/,
    ],
    [500, 50, /longer than the context: expected at most 462 tokens before 50 new ones/],
    [200, 1, /depth 1 %: no place between sentences: expected a sentence that ends within the first \d of \d+ tokens/],
  ])('%d tokens at %d %: a clear Fault where it is the only one', async (length, depth, message) => {
    await expect(cell(length, depth)).rejects.toThrow(message);
  });

  it('are left out with the reason where others can be made', async () => {
    const { runs, left } = await build({ needles: swans, grids: [{ lengths: [30, 300, 500], depths: [0, 50] }] });
    expect(runs.map(({ id }) => id)).toEqual(['swans-300-0', 'swans-300-50']);
    expect(left.map(({ length }) => length)).toEqual([30, 30, 500, 500]);
    expect(left[0]?.reason).toMatch(/longer than the length/);
  });

  it.each([
    [{ grids: [] }, /empty grid/],
    [{ grids: [{ lengths: [0], depths: [0] }] }, /bad length: expected tokens, 1 or more, got 0/],
    [{ grids: [{ lengths: [300], depths: [101] }] }, /bad depth: expected percent, 0 to 100, got 101/],
    [{ needles: [] }, /no needles/],
    [{ maxNew: 0 }, /bad number of new tokens/],
    [
      { needles: [{ id: 'x', kind: 'copy', sentence: 'No slot.', question: 'What?', answer: 'slot' }] },
      /x: bad needle: expected \[answer\] once in its sentence/,
    ],
  ] satisfies [Partial<BuildNeedlesRequest>, RegExp][])('refuses %j', async (more, message) => {
    await expect(build(more)).rejects.toThrow(message);
  });
});

describe('other kinds of tokenizer', () => {
  const pieces = (bytes: string) =>
    createTokenizer({ kind: 'sentencePieceModel', bytes: fixtureBytes(bytes), config: {} });

  // These vocabularies are small: a sentence is many tokens, some of them single bytes.
  it.each([
    ['SentencePiece, byte pairs', pieces('spmBpe.model')],
    ['SentencePiece, unigrams', pieces('spmUnigramBytes.model')],
  ])('%s: spans hold the answer', async (_, tokenizer) => {
    const { runs } = await build({ tokenizer, context: 4096, grids: [{ lengths: [1200], depths: [0, 60, 100] }] });
    expect(runs).toHaveLength(needles.length * 3);
    for (const run of runs) {
      expect(textIn(run, run.span, tokenizer)).toBe(run.answerText);
      expect(textIn(run, run.question, tokenizer)).toMatch(/\?$/);
      expect(tokenizer.decode(run.ids.slice(1, run.sentence[0])).trimEnd()).toMatch(/^$|\.$/);
    }
  });
});

describe.skipIf(realPath === null)(`with the tokenizer of SmolLM2${realPath === null ? ' (absent)' : ''}`, () => {
  it('plain and chat prompts carry their spans', async () => {
    const tokenizer = await open(realPath ?? '');
    for (const form of ['plain', 'chat'] as const) {
      const { runs } = await build({ tokenizer, context: 8192, template: form });
      for (const run of runs) expect(textIn(run, run.span, tokenizer)).toBe(run.answerText);
      const text = tokenizer.decode(runs[0]?.ids ?? []);
      expect(text.endsWith('Answer:')).toBe(true);
      if (form === 'chat')
        expect(text).toMatch(/<\|im_start\|>user\nHere is a text[^]*<\|im_end\|>\n<\|im_start\|>assistant\nAnswer:$/);
    }
  });
});

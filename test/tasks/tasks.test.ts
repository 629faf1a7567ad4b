import { describe, expect, it } from 'vitest';
import { taskById, tasks } from '../../engine/tasks/index.ts';
import type { Prompt, Task, TaskPrompts, TaskRequest, TaskTokenizer } from '../../engine/tasks/task.ts';
import * as words from '../../engine/tasks/words.ts';
import { Fault } from '../../engine/terms/fault.ts';
import { seededRandom } from '../../engine/tensor/random.ts';
import { realTokenizer } from './realTokenizer.ts';
import { wordTokenizer } from './wordTokenizer.ts';

const { firstNames, objects, places } = words;
const vocabulary = 49152;

/** Ids of letters for the tasks that draw ids: the fake gives ids out as it meets words. */
function filled(tokenizer: TaskTokenizer): TaskTokenizer {
  for (let i = 0; i < 4096; i++) tokenizer.encode([...String(i)].map((digit) => 'abcdefghij'[Number(digit)]).join(''));
  return tokenizer;
}

const generate = (task: Task, tokenizer: TaskTokenizer, rest: Partial<TaskRequest> & { seed?: number } = {}) =>
  task.generate({ n: 64, random: seededRandom(rest.seed ?? 0), tokenizer, vocabulary, ...rest });

const word = (tokenizer: TaskTokenizer, id: number | undefined) => tokenizer.decode([id ?? -1]).trim();
const at = (tokenizer: TaskTokenizer, ids: readonly number[] | null, position: number | undefined) =>
  word(tokenizer, ids?.[position ?? -1]);

/** Positions at which two prompts differ. */
const differences = (one: readonly number[], other: readonly number[] | null) =>
  one.flatMap((id, position) => (id === other?.[position] ? [] : [position]));

const named = ({ positions }: Prompt, ...names: string[]) => names.map((name) => positions[name] ?? -1);

const fakes: readonly (readonly [string, () => TaskTokenizer])[] = [
  ['single digits', () => filled(wordTokenizer())],
  ['pairs of digits and a beginning', () => filled(wordTokenizer({ digits: 2, bosId: 1 }))],
  ['pairs of digits with the space before them', () => filled(wordTokenizer({ digits: 2, gluesDigits: true }))],
  ['three digits and a space of its own', () => filled(wordTokenizer({ digits: 3, dummyPrefix: true }))],
];
const real = realTokenizer;
const tokenizers = real === null ? fakes : [...fakes, ['SmolLM2', () => real] as const];

if (real === null) {
  describe.skip('the real tokenizer is left out: its model file is not there', () => {
    it('set HEADSCOPE_MODELS to the folder of SmolLM2-135M-Instruct.Q4_1.gguf', () => {});
  });
}

describe('the words', () => {
  it('are not said twice in a list, and lists that meet in a prompt have none in common', () => {
    const { countableNouns, verbForms, ...lists } = words;
    for (const list of [...Object.values(lists), countableNouns.flat(), verbForms.flat()]) {
      expect(list.filter((word, index) => list.indexOf(word) !== index)).toEqual([]);
    }
    expect(objects.filter((word) => places.includes(word) || /^[aeiou]/.test(word))).toEqual([]);
    expect(words.femaleNames.filter((name) => words.maleNames.includes(name))).toEqual([]);
  });
});

describe('the list of tasks', () => {
  it('has different ids and finds them however they are written', () => {
    expect(new Set(tasks.map(({ id }) => id)).size).toBe(tasks.length);
    expect(taskById('greater-than').id).toBe('greaterThan');
    expect(taskById('IOI').id).toBe('ioi');
    expect(() => taskById('toast')).toThrow(Fault);
  });
});

describe.each(tokenizers)('with %s', (_, make) => {
  describe.each(tasks.map((task) => [task.id, task] as const))('%s', (id, task) => {
    const tokenizer = make();
    const batch: TaskPrompts = generate(task, tokenizer);
    const { prompts } = batch;

    it('gives as many prompts as asked, all different and of equal length', () => {
      expect(prompts).toHaveLength(64);
      expect(new Set(prompts.map(({ ids }) => ids.join())).size).toBe(64);
      expect(new Set(prompts.flatMap((p) => [p.ids.length, p.corruptIds?.length, p.negativeIds?.length])).size).toBe(1);
      expect(batch).toMatchObject({ task: id, metric: task.metric });
    });

    it('measures at the last position, which is named', () => {
      for (const { ids, answerPosition, positions } of prompts) {
        expect(answerPosition).toBe(ids.length - 1);
        expect(positions['end']).toBe(answerPosition);
        for (const position of Object.values(positions)) expect(ids[position]).toBeTypeOf('number');
      }
    });

    it('has answers and wrong answers, none of them both or twice', () => {
      for (const { answers, wrong } of prompts) {
        expect(answers.length * wrong.length).toBeGreaterThan(0);
        expect(new Set([...answers, ...wrong]).size).toBe(answers.length + wrong.length);
      }
    });

    it('starts every prompt with the beginning that the tokenizer has', () => {
      const { bosId } = tokenizer;
      const all = prompts.flatMap((p) => [p.ids, p.corruptIds ?? [], p.negativeIds ?? []]);
      if (bosId !== null) expect(all.every(([first]) => first === bosId)).toBe(true);
      expect(all.every((ids) => ids.indexOf(bosId ?? -1, 1) === -1)).toBe(true);
    });

    it('has the ids that its text is encoded as', () => {
      for (const { ids, text } of prompts) {
        const prefix = tokenizer.bosId === null ? [] : [tokenizer.bosId];
        if (text !== null) expect([...prefix, ...tokenizer.encode(text)]).toEqual(ids);
      }
    });

    it('gives the same for the same seed and other prompts for another', () => {
      expect(generate(task, tokenizer).prompts).toEqual(prompts);
      expect(generate(task, tokenizer, { seed: 1 }).prompts).not.toEqual(prompts);
    });

    it('says how many words remain', () => {
      const counts = Object.values(batch.remaining);
      expect(counts.length).toBeGreaterThan(0);
      for (const [kept, of] of counts) expect(kept > 0 && kept <= of).toBe(true);
    });

    it('refuses unknown options and bad numbers of prompts', () => {
      expect(() => generate(task, tokenizer, { options: { colour: 'red' } })).toThrow(
        `task ${id}: unknown option: expected`,
      );
      for (const n of [0, -1, 1.5, NaN, 1e9]) expect(() => generate(task, tokenizer, { n })).toThrow(Fault);
    });

    it('gives one prompt and two hundred', () => {
      expect(generate(task, tokenizer, { n: 1 }).prompts).toHaveLength(1);
      expect(generate(task, tokenizer, { n: 200 }).prompts).toHaveLength(200);
    });
  });

  const tokenizer = make();
  const promptsOf = (id: string, options: Record<string, string | number> = {}) =>
    generate(taskById(id), tokenizer, { options }).prompts;

  it('ioi: the answer is the name that is said once, and three others replace the names', () => {
    for (const prompt of promptsOf('ioi')) {
      const places = named(prompt, 'indirectObject', 'subject1', 'subject2');
      const [names, corrupt, negative] = [prompt.ids, prompt.corruptIds, prompt.negativeIds].map((ids) =>
        places.map((place) => at(tokenizer, ids, place)),
      ) as [string[], string[], string[]];
      expect(names[1]).toBe(names[2]);
      expect([word(tokenizer, prompt.answers[0]), word(tokenizer, prompt.wrong[0])]).toEqual(names.slice(0, 2));
      expect(new Set([...names, ...corrupt]).size).toBe(5);
      expect(negative.slice(1)).toEqual(names.slice(0, 2));
      expect(new Set(negative).size).toBe(3);
      expect([...names, ...corrupt, ...negative].every((name) => firstNames.includes(name))).toBe(true);
      expect(differences(prompt.ids, prompt.corruptIds).every((position) => places.includes(position))).toBe(true);
      expect(differences(prompt.ids, prompt.corruptIds)).toHaveLength(3);
      expect(differences(prompt.ids, prompt.negativeIds)).toHaveLength(2);
    }
  });

  it('ioi: has both orders, or the one that is asked for, in several templates', () => {
    const isABBA = ({ positions }: Prompt) => (positions['indirectObject'] ?? 0) < (positions['subject1'] ?? 0);
    const mixed = promptsOf('ioi');
    expect(mixed.filter(isABBA).length).toBeGreaterThan(16);
    expect(mixed.filter(isABBA).length).toBeLessThan(48);
    expect(promptsOf('ioi', { order: 'ABBA' }).every(isABBA)).toBe(true);
    expect(promptsOf('ioi', { order: 'BABA' }).some(isABBA)).toBe(false);
    expect(new Set(mixed.map(({ text }) => text?.split(' ').slice(-6, -5).join())).size).toBeGreaterThan(3);
    expect(
      new Set(promptsOf('ioi', { templates: 1, order: 'ABBA' }).map(({ positions }) => positions['place'])).size,
    ).toBe(1);
    expect(() => promptsOf('ioi', { order: 'BAAB' })).toThrow('expected one of mixed, ABBA, BABA, got BAAB');
  });

  it('ioi: most templates have one length', () => {
    const { notes } = generate(taskById('ioi'), tokenizer);
    const others = notes.join().match(/(\d+) of the first 64/)?.[1] ?? '0';
    expect(Number(others)).toBeLessThan(24);
  });

  it('ioi: place and object are where they are said to be', () => {
    for (const prompt of promptsOf('ioi')) {
      expect(places).toContain(at(tokenizer, prompt.ids, prompt.positions['place']));
      expect(objects).toContain(at(tokenizer, prompt.ids, prompt.positions['object']));
    }
  });

  it('greaterThan: answers are above the start year and wrong ones are not; only the year is changed', () => {
    for (const prompt of promptsOf('greaterThan')) {
      const [, century, year] = /year (\d\d)(\d\d) to/.exec(prompt.text ?? '') ?? [];
      const number = (id: number) => Number(word(tokenizer, id).replace(/^(\d\d)(?=\d$)/, ''));
      const isPair = word(tokenizer, prompt.answers[0]).length === 2;
      const start = isPair ? Number(year) : Math.floor(Number(year) / 10);
      expect(prompt.answers.every((id) => number(id) > start)).toBe(true);
      expect(prompt.wrong.every((id) => number(id) < start || (isPair && number(id) === start))).toBe(true);
      expect(prompt.answers.length + prompt.wrong.length).toBe(isPair ? 100 : 9);
      const text = tokenizer.decode(prompt.corruptIds ?? []);
      expect(text).toContain(`${century}01 to the year`);
      expect(differences(prompt.ids, prompt.corruptIds).length).toBeLessThanOrEqual(2);
      expect(prompt.negativeIds).toEqual(prompt.corruptIds);
    }
  });

  it('induction: the second half repeats the first, the answer is what followed, and neither variant repeats', () => {
    for (const prompt of promptsOf('induction', { length: 7 })) {
      const ids = prompt.ids.slice(tokenizer.bosId === null ? 0 : 1);
      expect(ids).toHaveLength(13);
      expect(ids.slice(7)).toEqual(ids.slice(0, 6));
      expect(prompt.answers).toEqual([ids[6]]);
      expect(new Set(ids.slice(0, 7)).size).toBe(7);
      expect([...prompt.wrong].sort()).toEqual(ids.slice(0, 6).sort());
      const [previous, answer, repeat] = named(prompt, 'previous', 'answer', 'repeat');
      expect(prompt.ids[previous as number]).toBe(prompt.ids.at(-1));
      expect(prompt.ids[answer as number]).toBe(prompt.answers[0]);
      expect(prompt.ids[repeat as number]).toBe(ids[0]);
      for (const other of [prompt.corruptIds, prompt.negativeIds]) expect(new Set(other).size).toBe(other?.length);
      expect(differences(prompt.ids, prompt.corruptIds)).toHaveLength(7);
      expect(differences(prompt.ids, prompt.negativeIds)).toHaveLength(6);
    }
  });

  it('induction: tokens are letters', () => {
    for (const { ids } of promptsOf('induction')) {
      for (const id of ids.slice(1)) expect(tokenizer.decode([id])).toMatch(/^ ?\p{L}[\p{L}\p{M}]*$/u);
    }
  });

  it('docstring: the answer is the next argument; definition and documentation share it only in the clean prompt', () => {
    for (const prompt of promptsOf('docstring')) {
      const defined = named(prompt, 'argument1', 'argument2', 'argument3');
      const documented = named(prompt, 'document1', 'document2');
      const said = (ids: readonly number[] | null, places: number[]) =>
        places.map((place) => at(tokenizer, ids, place));
      expect(said(prompt.ids, documented)).toEqual(said(prompt.ids, defined).slice(0, 2));
      expect(word(tokenizer, prompt.answers[0])).toBe(said(prompt.ids, defined)[2]);
      expect(prompt.wrong.map((id) => word(tokenizer, id)).sort()).toEqual(
        said(prompt.ids, named(prompt, 'before1', 'before2', 'argument1', 'argument2', 'after')).sort(),
      );
      expect(said(prompt.corruptIds, documented)).toEqual(said(prompt.ids, documented));
      for (const other of [prompt.corruptIds, prompt.negativeIds]) {
        expect(new Set(said(other, [...defined, ...documented])).size).toBe(5);
        expect(other).not.toContain(prompt.answers[0]);
      }
      expect(differences(prompt.ids, prompt.corruptIds)).toEqual(defined);
      expect(differences(prompt.ids, prompt.negativeIds)).toEqual([...defined, ...documented]);
    }
  });

  it('keyValue: the answer is the place of what is asked for, and only the question is changed', () => {
    for (const prompt of promptsOf('keyValue')) {
      const said = new Map(
        [...(prompt.text ?? '').replace('Table:', '').matchAll(/(\w+): (\w+)/g)].map(([, thing, place]) => [
          thing,
          place,
        ]),
      );
      const [query, key, value] = named(prompt, 'query', 'key', 'value');
      expect(said.size).toBe(4);
      expect(prompt.ids[query as number]).toBe(prompt.ids[key as number]);
      expect(prompt.ids[value as number]).toBe(prompt.answers[0]);
      expect(said.get(at(tokenizer, prompt.ids, query))).toBe(word(tokenizer, prompt.answers[0]));
      const other = said.get(at(tokenizer, prompt.corruptIds, query));
      expect(prompt.wrong.map((id) => word(tokenizer, id))).toContain(other);
      expect(said.has(at(tokenizer, prompt.negativeIds, query))).toBe(false);
      expect(differences(prompt.ids, prompt.corruptIds)).toEqual([query]);
      expect(differences(prompt.ids, prompt.negativeIds)).toEqual([query]);
    }
    expect(promptsOf('keyValue', { pairs: 9 })[0]?.wrong).toHaveLength(8);
    expect(() => promptsOf('keyValue', { pairs: 1 })).toThrow('expected an integer from 2 to 20, got 1');
  });

  it('needle: the fact that is asked for says the answer, and the prompt has the length and depth that were asked', () => {
    for (const prompt of promptsOf('needle')) {
      const [owner, answer, query] = named(prompt, 'owner', 'answer', 'query') as [number, number, number];
      expect(prompt.ids).toHaveLength(200);
      expect(prompt.ids[query]).toBe(prompt.ids[owner]);
      expect(prompt.ids[answer]).toBe(prompt.answers[0]);
      expect(prompt.ids.filter((id) => id === prompt.answers[0])).toHaveLength(1);
      expect(prompt.corruptIds).not.toContain(prompt.answers[0]);
      expect(prompt.wrong).toContain(prompt.corruptIds?.[answer]);
      expect(prompt.text).toMatch(/^Note: .*\. Question: what is the [^.]*\? Answer:$/);
      expect(differences(prompt.ids, prompt.corruptIds)).toEqual([answer]);
      expect(differences(prompt.ids, prompt.negativeIds)).toEqual([owner]);
    }
    const places = (depth: number) =>
      promptsOf('needle', { depth, tokens: 300 }).map((p) => p.positions['owner'] ?? -1);
    expect(Math.max(...places(0))).toBeLessThan(15);
    expect(Math.min(...places(100))).toBeGreaterThan(260);
    for (const place of places(50)) expect(Math.abs(place - 140)).toBeLessThan(25);
  });

  it('needle: distractors say other words of other owners, and those are wrong', () => {
    for (const prompt of promptsOf('needle', { distractors: 3, tokens: 120 })) {
      const others = named(prompt, 'owner', 'other1', 'other2', 'other3').map((at) => prompt.ids[at]);
      const said = named(prompt, 'word1', 'word2', 'word3').map((at) => prompt.ids[at] ?? -1);
      expect(new Set(others).size).toBe(4);
      expect([...prompt.wrong].sort()).toEqual(said.sort());
      expect(said).not.toContain(prompt.answers[0]);
    }
    expect(() => promptsOf('needle', { tokens: 59 })).toThrow('expected an integer from 60 to 4096, got 59');
  });

  it('genderedPronoun: only the name is changed, and both pronouns are asked for', () => {
    const prompts = promptsOf('genderedPronoun');
    for (const prompt of prompts) {
      expect([...prompt.answers, ...prompt.wrong].map((id) => word(tokenizer, id)).sort()).toEqual(['he', 'she']);
      for (const other of [prompt.corruptIds, prompt.negativeIds]) {
        expect(differences(prompt.ids, other)).toEqual(named(prompt, 'name'));
      }
    }
    expect(new Set(prompts.map(({ answers }) => answers[0])).size).toBe(2);
  });

  it('subjectVerb: only the subject is changed, and the verbs follow its number', () => {
    for (const prompt of promptsOf('subjectVerb')) {
      const [clean, corrupt] = [prompt.ids, prompt.corruptIds].map((ids) =>
        at(tokenizer, ids, prompt.positions['subject']),
      ) as [string, string];
      const isPlural = word(tokenizer, prompt.answers[0]) === 'are';
      expect(isPlural ? clean.length >= corrupt.length - 2 : corrupt.length >= clean.length - 2).toBe(true);
      expect(clean.slice(0, 1)).toBe(corrupt.slice(0, 1));
      expect(prompt.answers.map((id) => word(tokenizer, id))).toEqual(isPlural ? ['are', 'were'] : ['is', 'was']);
      for (const other of [prompt.corruptIds, prompt.negativeIds]) {
        expect(differences(prompt.ids, other)).toEqual(named(prompt, 'subject'));
      }
    }
  });
});

describe('words that the tokenizer splits', () => {
  it('are left out and counted', () => {
    const unknown = new Set(firstNames.slice(0, 90));
    const { prompts, remaining } = generate(taskById('ioi'), wordTokenizer({ unknown }));
    expect(remaining['names']).toEqual([firstNames.length - 90, firstNames.length]);
    for (const { text } of prompts) for (const name of unknown) expect(text?.split(/\W+/)).not.toContain(name);
  });

  it('leave a fault that says what remained, where too many are', () => {
    const unknown = new Set(firstNames.slice(0, firstNames.length - 3));
    expect(() => generate(taskById('ioi'), wordTokenizer({ unknown }))).toThrow(
      /^task ioi: the tokenizer has too few names as one token: expected at least 6, got 3 of \d+ \(\w+, \w+, \w+\)$/,
    );
    for (const task of tasks.filter(({ id }) => id !== 'induction')) {
      expect(() => generate(task, wordTokenizer({ known: new Set() }))).toThrow(/^task \w+: the tokenizer has too few/);
    }
  });

  it('are told from words that share one unknown id', () => {
    const plain = wordTokenizer();
    const kept = new Set([...firstNames.slice(0, 8), ...places.slice(0, 3), ...objects.slice(0, 3)]);
    const decodes = (id: number) => plain.decode([id]).trim();
    const encode = (text: string) => plain.encode(text).map((id) => (isStrange(decodes(id)) ? 0 : id));
    const isStrange = (text: string) => [...firstNames, ...places, ...objects].includes(text) && !kept.has(text);
    const tokenizer = {
      ...plain,
      encode,
      decode: (ids: readonly number[]) => (ids[0] === 0 ? '<unk>' : plain.decode(ids)),
    };
    expect(generate(taskById('ioi'), tokenizer).remaining).toMatchObject({
      names: [8, firstNames.length],
      places: [3, places.length],
    });
  });
});

describe('small and missing vocabularies', () => {
  it('induction needs no tokenizer', () => {
    const request = { n: 8, random: seededRandom(0), tokenizer: null, vocabulary: 20 };
    const { prompts, remaining } = taskById('induction').generate(request);
    expect(remaining).toEqual({ tokens: [20, 20] });
    expect(prompts.every(({ ids }) => ids.length === 19 && ids.every((id) => id < 20))).toBe(true);
    expect(() => taskById('induction').generate({ ...request, vocabulary: 19 })).toThrow(
      'task induction: too few ordinary tokens: expected at least 20, got 19 of 19 tried',
    );
  });

  it('induction leaves out ids that stand for no token, and special ones', () => {
    const texts = ['<s>', ' a', 'b', 'é', '<|end|>', '\ufffd', '7', ' ', '\n', 'x y'];
    const decode = ([id = -1]: readonly number[]) => {
      const text = texts[id];
      if (text === undefined) throw new Fault({ what: 'no such token' });
      return text;
    };
    const tokenizer = { encode: () => [], decode, bosId: 0 };
    const request = { n: 3, random: seededRandom(0), tokenizer, vocabulary: 20, options: { length: 2 } };
    expect(() => taskById('induction').generate(request)).toThrow('expected at least 4, got 3 of 20 tried');
  });

  it('ask for nothing that a smaller vocabulary of outputs lacks', () => {
    const request = { n: 8, random: seededRandom(0), tokenizer: null, vocabulary: 40 };
    const { prompts } = taskById('induction').generate({ ...request, outputVocabulary: 30 });
    expect(prompts).toHaveLength(8);
    expect(prompts.flatMap(({ answers, wrong }) => [...answers, ...wrong]).every((id) => id < 30)).toBe(true);
    expect(prompts.flatMap(({ ids }) => ids).some((id) => id >= 30)).toBe(true);
    expect(() => taskById('induction').generate({ ...request, outputVocabulary: 0 })).toThrow(
      'answers that the model can give',
    );
  });

  it('the others say that they need one', () => {
    const request = { n: 8, random: seededRandom(0), tokenizer: null, vocabulary: 20 };
    for (const task of tasks.filter(({ id }) => id !== 'induction')) {
      expect(() => task.generate(request)).toThrow('expected a model with a tokenizer, got none');
    }
  });

  it('says when prompts repeat because there are no others', () => {
    const request = { n: 10, random: seededRandom(0), tokenizer: null, vocabulary: 4, options: { length: 2 } };
    const { prompts, notes } = taskById('induction').generate({ ...request, n: 50 });
    expect(new Set(prompts.map(({ ids }) => ids.join())).size).toBe(12);
    expect(notes).toContain('38 prompts are repeats of the 12 distinct ones that were found');
  });
});

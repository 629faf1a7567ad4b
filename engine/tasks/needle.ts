import { drawBatch, promptOf } from './batch.ts';
import { layOut, oneTokenWords, requireTokenizer, requireWords } from './layout.ts';
import { drawFiller, fillerSource } from './needleFiller.ts';
import type { FillerSource, Sentence } from './needleFiller.ts';
import { readOptions } from './options.ts';
import type { Prompt, Task, TaskOption, TaskTokenizer } from './task.ts';
import { factOf, needleOpening, needleWordings, questionOf } from './text/needleWordings.ts';
import { descriptionWords, firstNames, places } from './words.ts';
import type { Random } from '../tensor/random.ts';

const mostDistractors = 10;

const options = {
  tokens: {
    kind: 'integer',
    from: 60,
    to: 4096,
    default: 200,
    about: 'tokens of a whole prompt',
  },
  depth: {
    kind: 'integer',
    from: -1,
    to: 100,
    default: -1,
    about: 'percent of the filler that stands before the fact; -1 for anywhere',
  },
  distractors: {
    kind: 'integer',
    from: 0,
    to: mostDistractors,
    default: 0,
    about: 'how many facts of the same kind there are about others, at random places',
  },
} as const satisfies Record<string, TaskOption>;

/** A needle in a haystack (Kamradt 2023; retrieval heads: Wu et al. 2024, arXiv 2404.15574). */
export const needle: Task = {
  id: 'needle',
  title: 'Needle in a haystack',
  about:
    'One fact stands among sentences that have nothing to do with it, and is asked for at the end: the model must give its word. ' +
    'Wrong: the words of the distractors, or all other words that facts say where there are none. Corrupt: the fact says another word. ' +
    'Negative: the fact is about somebody or something else.',
  metric: 'logitDifference',
  options,
  generate(request) {
    const settings = readOptions('needle', options, request.options);
    const tokenizer = requireTokenizer(request.tokenizer, 'needle');
    const source = sourceOf(tokenizer, request.random, settings.tokens);
    const remaining = {
      words: [source.words.size, descriptionWords.length],
      names: [source.owners.get(firstNames)?.length ?? 0, firstNames.length],
      places: [source.owners.get(places)?.length ?? 0, places.length],
    } as const;
    return drawBatch(needle, request, remaining, () => drawPrompt(source, settings));
  },
};

interface Settings {
  readonly tokens: number;
  readonly depth: number;
  readonly distractors: number;
}

interface Source {
  readonly tokenizer: TaskTokenizer;
  readonly random: Random;
  /** Ids of what facts say. */
  readonly words: ReadonlyMap<string, number>;
  /** The part of each list of owners that is one token. */
  readonly owners: ReadonlyMap<readonly string[], readonly string[]>;
  readonly filler: FillerSource;
}

function sourceOf(tokenizer: TaskTokenizer, random: Random, tokens: number): Source {
  const words = oneTokenWords(tokenizer, descriptionWords);
  const kept = (what: string, list: readonly string[]) => {
    const found = [...oneTokenWords(tokenizer, list).keys()];
    requireWords(what, found, list.length, { task: 'needle', least: mostDistractors + 2 });
    return [list, found] as const;
  };
  requireWords('words', [...words.keys()], descriptionWords.length, { task: 'needle', least: mostDistractors + 2 });
  const owners = new Map([kept('names', firstNames), kept('places', places)]);
  return { tokenizer, random, words, owners, filler: fillerSource(tokenizer, random, tokens) };
}

function drawPrompt(source: Source, { tokens, depth, distractors }: Settings): Prompt | null {
  const { tokenizer, random } = source;
  const wording = random.pick(needleWordings);
  const [owner = '', stranger = '', ...others] = random.shuffled(source.owners.get(wording.owners) ?? []);
  // Some words are in both lists.
  const said = new Set([owner, stranger, ...others.slice(0, distractors)]);
  const [answer, changed, ...rest] = random.shuffled([...source.words].filter(([word]) => !said.has(word)));
  if (!answer || !changed) return null;
  const fact = ` ${factOf(wording)} [answer].`;
  const facts = Array.from({ length: distractors }, (_, i) => ` ${numbered(factOf(wording), i)} [word${i + 1}].`);
  const question = ` ${questionOf(wording).replace('[owner]', '[query]')}`;
  const words = { owner, query: owner, answer: answer[0], ...distractorWords(facts.length, others, rest) };
  const bare = layOut(tokenizer, needleOpening + fact + facts.join('') + question, words);
  const filler = bare && drawFiller(source.filler, random, tokens - bare.ids.length);
  // The words of the fact stand nowhere else.
  if (!filler || filler.some(({ text }) => says(text, answer[0]) || says(text, changed[0]))) return null;
  const passage = withFacts(random, filler, fact, facts, depth);
  const template = needleOpening + passage + question;
  const withWords = (some: Readonly<Record<string, string>>) => layOut(tokenizer, template, { ...words, ...some });
  const clean = withWords({});
  if (clean?.ids.length !== tokens) return null;
  return promptOf({
    clean,
    corrupt: withWords({ answer: changed[0] }),
    negative: withWords({ owner: stranger }),
    answers: [answer[1]],
    wrong: distractors > 0 ? rest.slice(0, distractors).map(([, id]) => id) : [changed, ...rest].map(([, id]) => id),
  });
}

function numbered(fact: string, i: number): string {
  return fact.replace('[owner]', `[other${i + 1}]`);
}

type Words = readonly (readonly [word: string, id: number])[];

function distractorWords(count: number, owners: readonly string[], words: Words): Record<string, string> {
  const slots = Array.from({ length: count }, (_, i) => [
    [`other${i + 1}`, owners[i] ?? ''],
    [`word${i + 1}`, words[i]?.[0] ?? ''],
  ]);
  return Object.fromEntries(slots.flat());
}

function says(text: string, word: string): boolean {
  return text.split(/\W+/).includes(word);
}

/** The filler with the fact at its depth, between two sentences, and the distractors anywhere. */
function withFacts(
  random: Random,
  filler: readonly Sentence[],
  fact: string,
  distractors: readonly string[],
  depth: number,
): string {
  const place = depth < 0 ? random.below(filler.length + 1) : placeAt(filler, depth / 100);
  const before = filler.slice(0, place).map(({ text }) => text);
  const after = filler.slice(place).map(({ text }) => text);
  for (const distractor of distractors) {
    const at = random.below(before.length + after.length + 2);
    if (at <= before.length) before.splice(at, 0, distractor);
    else after.splice(at - before.length - 1, 0, distractor);
  }
  return [...before, fact, ...after].join('');
}

/** How many sentences stand before a share of the tokens: the nearest place between two. */
function placeAt(filler: readonly Sentence[], share: number): number {
  const sought = share * filler.reduce((sum, { tokens }) => sum + tokens, 0);
  let place = 0;
  for (let before = 0; place < filler.length; place++) {
    const { tokens } = filler[place] as Sentence;
    if (before + tokens / 2 > sought) break;
    before += tokens;
  }
  return place;
}

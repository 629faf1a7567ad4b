import { drawBatch, promptOf } from './batch.ts';
import { layOut, oneTokenWords, requireTokenizer, requireWords } from './layout.ts';
import { readOptions } from './options.ts';
import type { Prompt, Task, TaskOption, TaskTokenizer } from './task.ts';
import type { Random } from '../tensor/random.ts';
import { adjectives, countableNouns, invariantNouns, prepositions, verbForms } from './words.ts';

const options = {
  attractor: {
    kind: 'choice',
    of: ['mixed', 'same', 'opposite'],
    default: 'mixed',
    about: 'number of the noun between subject and verb: as the subject has it, the other one, or either',
  },
} as const satisfies Record<string, TaskOption>;

const template = 'The [adjective] [subject] [preposition] the [attractor]';

/** Subject-verb agreement across a noun of its own number (Linzen et al. 2016, arXiv 1611.01368). */
export const subjectVerb: Task = {
  id: 'subjectVerb',
  title: 'Subject-verb agreement',
  about:
    'A subject is followed by a preposition and a second noun: the verb must agree with the subject. Answers: is, was after a singular, ' +
    'are, were after a plural; wrong: the others. Corrupt: the subject in its other number. Negative: a subject with one form for both ' +
    'numbers (sheep).',
  metric: 'logitDifference',
  options,
  generate(request) {
    const { attractor } = readOptions('subjectVerb', options, request.options);
    const tokenizer = requireTokenizer(request.tokenizer, 'subjectVerb');
    const words = keptWords(tokenizer);
    const remaining = {
      nouns: [words.nouns.length, countableNouns.length],
      'invariant nouns': [words.invariant.length, invariantNouns.length],
      prepositions: [words.prepositions.length, prepositions.length],
      adjectives: [words.adjectives.length, adjectives.length],
      verbs: [words.verbs.length, verbForms.length],
    } as const;
    const draw = () => drawPrompt(tokenizer, request.random, words, attractor);
    return drawBatch(subjectVerb, request, remaining, draw);
  },
};

interface Words {
  readonly nouns: readonly (readonly [singular: string, plural: string])[];
  readonly invariant: readonly string[];
  readonly prepositions: readonly string[];
  readonly adjectives: readonly string[];
  /** Ids of singular and plural forms. */
  readonly verbs: readonly (readonly [singular: number, plural: number])[];
}

function keptWords(tokenizer: TaskTokenizer): Words {
  const nounIds = oneTokenWords(tokenizer, countableNouns.flat());
  const nouns = countableNouns.filter((forms) => forms.every((form) => nounIds.has(form)));
  const verbIds = oneTokenWords(tokenizer, verbForms.flat());
  const verbs = verbForms.filter((forms) => forms.every((form) => verbIds.has(form)));
  const kept = (what: string, all: readonly string[], least: number) => {
    const words = [...oneTokenWords(tokenizer, all).keys()];
    requireWords(what, words, all.length, { task: 'subjectVerb', least });
    return words;
  };
  const names = (pairs: readonly (readonly string[])[]) => pairs.map((pair) => pair.join('/'));
  requireWords('nouns', names(nouns), countableNouns.length, { task: 'subjectVerb', least: 4 });
  requireWords('verbs', names(verbs), verbForms.length, { task: 'subjectVerb', least: 1 });
  return {
    nouns,
    invariant: kept('invariant nouns', invariantNouns, 1),
    prepositions: kept('prepositions', prepositions, 1),
    adjectives: kept('adjectives', adjectives, 1),
    verbs: verbs.map(([singular, plural]) => [verbIds.get(singular) as number, verbIds.get(plural) as number]),
  };
}

function drawPrompt(tokenizer: TaskTokenizer, random: Random, words: Words, attractor: string): Prompt | null {
  const [noun, between] = random.shuffled(words.nouns);
  if (!noun || !between) return null;
  const number = random.below(2);
  const kind = attractor === 'mixed' ? random.pick(['same', 'opposite']) : attractor;
  const fixed = {
    adjective: random.pick(words.adjectives),
    preposition: random.pick(words.prepositions),
    attractor: form(between, kind === 'same' ? number : 1 - number),
  };
  const withSubject = (subject: string) => layOut(tokenizer, template, { ...fixed, subject });
  return promptOf({
    clean: withSubject(form(noun, number)),
    corrupt: withSubject(form(noun, 1 - number)),
    negative: withSubject(random.pick(words.invariant)),
    answers: words.verbs.map((forms) => form(forms, number)),
    wrong: words.verbs.map((forms) => form(forms, 1 - number)),
  });
}

/** 0 the singular, 1 the plural. */
function form<T>([singular, plural]: readonly [T, T], number: number): T {
  return number === 0 ? singular : plural;
}

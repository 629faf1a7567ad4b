import { drawBatch, promptOf } from './batch.ts';
import { layOut, oneTokenWords, requireTokenizer, requireWords } from './layout.ts';
import { readOptions } from './options.ts';
import { pronounTemplates } from './pronounTemplates.ts';
import type { Prompt, Task, TaskTokenizer } from './task.ts';
import type { Random } from '../tensor/random.ts';
import { femaleNames, maleNames, neutralPersons } from './words.ts';

/** The pronoun of a name (Mathwin et al. 2023, gendered pronoun task). */
export const genderedPronoun: Task = {
  id: 'genderedPronoun',
  title: 'Gendered pronoun',
  about:
    'A person is named and a tag question begins: the model must give the pronoun that goes with the name. Answer: he or she; wrong: the other. ' +
    "Corrupt: a name mostly given to the other gender. Negative: a word in the name's place that says nothing of gender.",
  metric: 'logitDifference',
  options: {},
  generate(request) {
    readOptions('genderedPronoun', {}, request.options);
    const tokenizer = requireTokenizer(request.tokenizer, 'genderedPronoun');
    const words = keptWords(tokenizer);
    const remaining = {
      'female names': [words.female.length, femaleNames.length],
      'male names': [words.male.length, maleNames.length],
      'neutral words': [words.neutral.length, neutralPersons.length],
    } as const;
    return drawBatch(genderedPronoun, request, remaining, () => drawPrompt(tokenizer, request.random, words));
  },
};

interface Words {
  readonly female: readonly string[];
  readonly male: readonly string[];
  readonly neutral: readonly string[];
  readonly he: number;
  readonly she: number;
}

function keptWords(tokenizer: TaskTokenizer): Words {
  const kept = (what: string, words: readonly string[], least: number) => {
    const found = oneTokenWords(tokenizer, words);
    requireWords(what, [...found.keys()], words.length, { task: 'genderedPronoun', least });
    return found;
  };
  const pronouns = kept('pronouns', ['he', 'she'], 2);
  return {
    female: [...kept('female names', femaleNames, 2).keys()],
    male: [...kept('male names', maleNames, 2).keys()],
    neutral: [...kept('neutral words', neutralPersons, 1).keys()],
    he: pronouns.get('he') as number,
    she: pronouns.get('she') as number,
  };
}

function drawPrompt(tokenizer: TaskTokenizer, random: Random, words: Words): Prompt | null {
  const template = random.pick(pronounTemplates);
  const isFemale = random.below(2) === 1;
  const [own, other] = isFemale ? [words.female, words.male] : [words.male, words.female];
  const withName = (name: string) => layOut(tokenizer, template, { name });
  return promptOf({
    clean: withName(random.pick(own)),
    corrupt: withName(random.pick(other)),
    negative: withName(random.pick(words.neutral)),
    answers: [isFemale ? words.she : words.he],
    wrong: [isFemale ? words.he : words.she],
  });
}

import { drawBatch, promptOf } from './batch.ts';
import { layOut, oneTokenWords, requireTokenizer, requireWords } from './layout.ts';
import { readOptions } from './options.ts';
import type { Prompt, Task, TaskTokenizer } from './task.ts';
import type { Random } from '../tensor/random.ts';
import { argumentNames, descriptionWords, functionNames } from './words.ts';

// Two arguments before the three that are documented in order, one after them.
const template = `def [method](self, [before1], [before2], [argument1], [argument2], [argument3], [after]):
    """Return the [word1] [word2].

    :param [document1]: [word3] [word4]
    :param [document2]: [word5] [word6]
    :param`;

/** The next documented argument (Heimersheim and Janiak 2023, "A circuit for Python docstrings"). */
export const docstring: Task = {
  id: 'docstring',
  title: 'Docstring arguments',
  about:
    'A Python function documents its arguments in order: the model must give the name of the next one. Wrong: the other arguments. ' +
    'Corrupt: other random names in the definition, so that what is documented does not occur in it. Negative: random names in both, ' +
    'no name in common.',
  metric: 'logitDifference',
  options: {},
  generate(request) {
    readOptions('docstring', {}, request.options);
    const tokenizer = requireTokenizer(request.tokenizer, 'docstring');
    const words = keptWords(tokenizer);
    const remaining = {
      'argument names': [words.names.size, argumentNames.length],
      'description words': [words.description.length, descriptionWords.length],
      'function names': [words.functions.length, functionNames.length],
    } as const;
    return drawBatch(docstring, request, remaining, () => drawPrompt(tokenizer, request.random, words));
  },
};

interface Words {
  readonly names: ReadonlyMap<string, number>;
  readonly description: readonly string[];
  readonly functions: readonly string[];
}

/** Six arguments; three others for the corrupt prompt; three and two others for the negative one. */
const namesNeeded = 6 + 3 + 5;

function keptWords(tokenizer: TaskTokenizer): Words {
  const names = oneTokenWords(tokenizer, argumentNames);
  const description = [...oneTokenWords(tokenizer, descriptionWords).keys()];
  const functions = [...oneTokenWords(tokenizer, functionNames).keys()];
  const task = 'docstring';
  requireWords('argument names', [...names.keys()], argumentNames.length, { task, least: namesNeeded });
  requireWords('description words', description, descriptionWords.length, { task, least: 6 });
  requireWords('function names', functions, functionNames.length, { task, least: 1 });
  return { names, description, functions };
}

function drawPrompt(tokenizer: TaskTokenizer, random: Random, words: Words): Prompt | null {
  const drawn = random.shuffled([...words.names]).slice(0, namesNeeded);
  const names = drawn.map(([name]) => name);
  const ids = drawn.map(([, id]) => id);
  const [before, matching, other, rest] = [names.slice(0, 3), names.slice(3, 6), names.slice(6, 9), names.slice(9)];
  // Some words are in several lists: an argument's name must not occur anywhere else.
  const free = (word: string) => !names.includes(word);
  const functions = words.functions.filter(free);
  const description = random.shuffled(words.description.filter(free)).slice(0, 6);
  if (functions.length === 0 || description.length < 6) return null;
  const fixed = {
    method: random.pick(functions),
    ...numbered('word', description),
    ...numbered('before', before.slice(0, 2)),
    after: before[2] ?? '',
  };
  const withNames = (defined: readonly string[], documented: readonly string[]) =>
    layOut(tokenizer, template, {
      ...fixed,
      ...numbered('argument', defined),
      ...numbered('document', documented.slice(0, 2)),
    });
  return promptOf({
    clean: withNames(matching, matching),
    corrupt: withNames(other, matching),
    negative: withNames(rest.slice(0, 3), rest.slice(3)),
    answers: ids.slice(5, 6),
    wrong: ids.slice(0, 5),
  });
}

function numbered(slot: string, words: readonly string[]): Record<string, string> {
  return Object.fromEntries(words.map((word, i) => [`${slot}${i + 1}`, word]));
}

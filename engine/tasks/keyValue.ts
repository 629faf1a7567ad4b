import { drawBatch, promptOf } from './batch.ts';
import { layOut, oneTokenWords, requireTokenizer, requireWords } from './layout.ts';
import { readOptions } from './options.ts';
import type { Prompt, Task, TaskOption, TaskTokenizer } from './task.ts';
import type { Random } from '../tensor/random.ts';
import { objects, places } from './words.ts';

const options = {
  pairs: { kind: 'integer', from: 2, to: 20, default: 4, about: 'how many things have a place' },
} as const satisfies Record<string, TaskOption>;

/** Key-value lookup. */
export const keyValue: Task = {
  id: 'keyValue',
  title: 'Key-value lookup',
  about:
    'A table gives every thing its place, and one of the things comes again: the model must give its place. Wrong: the other places. ' +
    'Corrupt: another of the things comes again. Negative: a thing that is not in the table.',
  metric: 'logitDifference',
  options,
  generate(request) {
    const { pairs } = readOptions('keyValue', options, request.options);
    const tokenizer = requireTokenizer(request.tokenizer, 'keyValue');
    const keys = [...oneTokenWords(tokenizer, objects).keys()];
    const values = oneTokenWords(tokenizer, places);
    requireWords('things', keys, objects.length, { task: 'keyValue', least: pairs + 1 });
    requireWords('places', [...values.keys()], places.length, { task: 'keyValue', least: pairs });
    const remaining = { things: [keys.length, objects.length], places: [values.size, places.length] } as const;
    const draw = () => drawPrompt(tokenizer, request.random, { keys, values, pairs });
    return drawBatch(keyValue, request, remaining, draw);
  },
};

interface Source {
  readonly keys: readonly string[];
  readonly values: ReadonlyMap<string, number>;
  readonly pairs: number;
}

function drawPrompt(tokenizer: TaskTokenizer, random: Random, { keys, values, pairs }: Source): Prompt | null {
  const things = random.shuffled(keys).slice(0, pairs + 1);
  const where = random.shuffled([...values]).slice(0, pairs);
  const asked = random.below(pairs);
  const other = (asked + 1 + random.below(pairs - 1)) % pairs;
  const words = Object.fromEntries(where.flatMap(([place], i) => pairWords(asked, i, things[i], place)));
  const template = templateOf(pairs, asked);
  const asking = (thing: number) => layOut(tokenizer, template, { ...words, query: things[thing] ?? '' });
  const ids = where.map(([, id]) => id);
  return promptOf({
    clean: asking(asked),
    corrupt: asking(other),
    negative: asking(pairs),
    answers: ids.slice(asked, asked + 1),
    wrong: ids.filter((_, i) => i !== asked),
  });
}

/** The pair that is asked for has the slots `key` and `value`, the others `key1`, `value1` and so on. */
function templateOf(pairs: number, asked: number): string {
  const parts = Array.from({ length: pairs }, (_, i) => {
    const [key, value] = slotNames(asked, i);
    return ` [${key}]: [${value}]`;
  });
  return `Table:${parts.join(';')}; and again [query]:`;
}

function slotNames(asked: number, i: number): readonly [key: string, value: string] {
  return i === asked ? ['key', 'value'] : [`key${i + 1}`, `value${i + 1}`];
}

function pairWords(asked: number, i: number, thing: string | undefined, place: string): [string, string][] {
  const [key, value] = slotNames(asked, i);
  return [
    [key, thing ?? ''],
    [value, place],
  ];
}

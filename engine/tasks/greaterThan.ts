import { drawBatch, promptOf } from './batch.ts';
import { layOut, oneTokenWords, requireTokenizer, requireWords } from './layout.ts';
import { readOptions } from './options.ts';
import type { Prompt, Task, TaskTokenizer } from './task.ts';
import type { Random } from '../tensor/random.ts';
import { spans } from './words.ts';
import { centuries, tokenKey, twoDigits, yearsOf } from './yearStyles.ts';
import type { Years } from './yearStyles.ts';

/** Greater-than (Hanna et al. 2023, arXiv 2305.00586). */
export const greaterThan: Task = {
  id: 'greaterThan',
  title: 'Greater-than',
  about:
    'Something lasted from one year to another of the same century: the model must give a later one. Answers: what is above the start year; ' +
    'wrong: what is below it, and the start year itself where years are compared by two digits; where the tokenizer writes them ' +
    'digit by digit, the tens digits above and below are compared and an equal one counts for neither. Corrupt and negative: start year 01, ' +
    'after which every completion is possible.',
  metric: 'probabilityDifference',
  options: {},
  generate(request) {
    readOptions('greaterThan', {}, request.options);
    const tokenizer = requireTokenizer(request.tokenizer, 'greaterThan');
    const nouns = [...oneTokenWords(tokenizer, spans).keys()];
    requireWords('nouns', nouns, spans.length, { task: 'greaterThan', least: 4 });
    const years = yearsOf(tokenizer);
    const written = years.years.map(({ century, year }) => century + twoDigits(year));
    const possible = centuries.length * (years.style.range[1] - years.style.range[0] + 1);
    requireWords('years of known digits', written, possible, { task: 'greaterThan', least: 20 });
    const remaining = { nouns: [nouns.length, spans.length], years: [written.length, possible] } as const;
    const draw = () => drawPrompt(tokenizer, request.random, nouns, years);
    const batch = drawBatch(greaterThan, request, remaining, draw);
    return { ...batch, notes: [...batch.notes, years.style.about] };
  },
};

function drawPrompt(tokenizer: TaskTokenizer, random: Random, nouns: readonly string[], years: Years): Prompt | null {
  const { style } = years;
  const { century, year } = random.pick(years.years);
  const span = random.pick(nouns);
  const from = (start: number) =>
    layOut(tokenizer, style.template(century), { span, ...style.slots(century, twoDigits(start)) });
  const [clean, changed] = [from(year), from(1)];
  const prompt = promptOf({ clean, corrupt: changed, negative: changed, ...completions(years, century, year) });
  return prompt === null || prompt.answers.length === 0 || prompt.wrong.length === 0 ? null : prompt;
}

function completions({ style, tokens }: Years, century: string, year: number): Pick<Prompt, 'answers' | 'wrong'> {
  const start = style.compared(year);
  const [answers, wrong]: [number[], number[]] = [[], []];
  for (let value = 0; value <= style.compared(99); value++) {
    const id = tokens.get(tokenKey(style, century, value));
    if (id === undefined) continue;
    if (value > start) answers.push(id);
    else if (value < start || style.tokens === 1) wrong.push(id);
  }
  return { answers, wrong };
}

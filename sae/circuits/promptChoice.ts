/** Which prompts a method counts: all, as many of each class as are asked for, or so many that both are as diverse. */
import type { Random } from '../../engine/tensor/random.ts';
import type { Prompt } from '../../engine/tasks/task.ts';
import { Fault } from '../../engine/terms/fault.ts';
import type { ValuesOf } from '../../engine/terms/settings.ts';

export const promptSettings = {
  prompts: {
    kind: 'number',
    title: 'prompts of each class',
    about: 'so many positive and negative prompts are counted, drawn by the seed; 0: all',
    default: 0,
    range: [0, Infinity],
    whole: true,
  },
  matchDiversity: {
    kind: 'flag',
    title: 'equal diversity',
    about:
      'prompts are left out until what tells a positive prompt from its negative takes as many values in both classes, and ' +
      'both have as many prompts: a head that copies a varied word has many codes for it, in the circuit or not',
    default: false,
  },
} as const;

export interface PromptChoice {
  /** Numbers of prompts, ascending. */
  readonly positive: readonly number[];
  readonly negative: readonly number[];
}

/** Of classes of which less is left there is nothing to count. */
const leastPrompts = 2;
const leastMatched = 5;

/** Throws Fault where too few prompts are there or would be left. */
export function chosenPrompts(
  prompts: readonly Prompt[],
  { prompts: wanted, matchDiversity }: ValuesOf<typeof promptSettings>,
  random: Random,
): PromptChoice {
  const numbers = prompts.map((_, i) => i);
  const paired = numbers.filter((i) => prompts[i]?.negativeIds !== null);
  if (paired.length === 0)
    throw new Fault({ what: 'prompts without negatives', expected: 'prompts of a task that has negative prompts' });
  const kept = matchDiversity ? equallyDiverse(prompts, paired, random) : { positive: numbers, negative: paired };
  return drawn(kept, wanted, random);
}

/** The first of a random order, the same for both classes: pairs stay together where they can. */
function drawn({ positive, negative }: PromptChoice, wanted: number, random: Random): PromptChoice {
  const available = Math.min(positive.length, negative.length);
  if (available < Math.max(wanted, leastPrompts)) {
    const expected = `at least ${Math.max(wanted, leastPrompts)} of each class`;
    throw new Fault({ what: 'too few prompts', expected, got: `${positive.length} and ${negative.length}` });
  }
  if (wanted === 0) return { positive, negative };
  const order = random.shuffled([...new Set([...positive, ...negative])]);
  const first = (numbers: readonly number[]) => {
    const among = new Set(numbers);
    return ascending(order.filter((number) => among.has(number)).slice(0, wanted));
  };
  return { positive: first(positive), negative: first(negative) };
}

/** Of both classes prompts of m values, drawn, m the lesser number of values; then as many prompts of both. */
function equallyDiverse(prompts: readonly Prompt[], paired: readonly number[], random: Random): PromptChoice {
  const [positive, negative] = [valuesOf(prompts, paired, 'ids'), valuesOf(prompts, paired, 'negativeIds')];
  const [most, least] = [Math.max(positive.size, negative.size), Math.min(positive.size, negative.size)];
  const of = (values: ReadonlyMap<string, readonly number[]>) =>
    random
      .shuffled([...values.keys()])
      .slice(0, least)
      .flatMap((value) => values.get(value) ?? []);
  const [some, others] = [of(positive), of(negative)];
  const count = Math.min(some.length, others.length);
  if (count < leastMatched)
    throw new Fault({
      what: 'too few prompts are left at equal diversity',
      expected: `at least ${leastMatched} of each class`,
      got: `${count}, for prompts of one class take ${least} of the ${most} values of the other`,
    });
  const equal = (numbers: readonly number[]) => ascending(random.shuffled(numbers).slice(0, count));
  return { positive: equal(some), negative: equal(others) };
}

/** Value -> prompts. The value of a prompt is what tells it from its partner. */
function valuesOf(
  prompts: readonly Prompt[],
  paired: readonly number[],
  side: 'ids' | 'negativeIds',
): ReadonlyMap<string, readonly number[]> {
  const values = new Map<string, number[]>();
  for (const number of paired) {
    const { ids, negativeIds } = prompts[number] as Prompt;
    const value = side === 'ids' ? difference(ids, negativeIds ?? []) : difference(negativeIds ?? [], ids);
    values.set(value, [...(values.get(value) ?? []), number]);
  }
  return values;
}

/** Tokens that the other has not at the same place; all of them where lengths differ. */
function difference(ids: readonly number[], other: readonly number[]): string {
  return (ids.length === other.length ? ids.filter((id, at) => id !== other[at]) : ids).join(' ');
}

function ascending(numbers: readonly number[]): number[] {
  return [...numbers].sort((a, b) => a - b);
}

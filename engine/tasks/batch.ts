/** Draws a batch of prompts of one length. */
import { Fault } from '../terms/fault.ts';
import type { Layout } from './layout.ts';
import type { Prompt, Task, TaskPrompts, TaskRequest } from './task.ts';

const trials = 64;
/** Draws in a row without a new prompt after which the task is taken to have no others. */
const patience = 300;
const most = 100_000;

/** One prompt, or null where these words don't keep their places; the batch then draws again. */
export type Draw = () => Prompt | null;

interface Variants {
  readonly clean: Layout | null;
  readonly corrupt: Layout | null;
  readonly negative: Layout | null;
  readonly answers: readonly number[];
  readonly wrong: readonly number[];
}

/** A prompt from its three texts; null where one is missing or its slots are elsewhere than in the clean one. */
export function promptOf({ clean, corrupt, negative, answers, wrong }: Variants): Prompt | null {
  if (clean === null || corrupt === null || negative === null) return null;
  if (!samePlaces(clean, corrupt) || !samePlaces(clean, negative)) return null;
  return {
    ids: clean.ids,
    corruptIds: corrupt.ids,
    negativeIds: negative.ids,
    answers,
    wrong,
    answerPosition: clean.ids.length - 1,
    positions: clean.positions,
    text: clean.text,
  };
}

function samePlaces(one: Layout, other: Layout): boolean {
  const names = Object.keys(one.positions);
  return one.ids.length === other.ids.length && names.every((name) => one.positions[name] === other.positions[name]);
}

/**
 * n prompts of the length that is most frequent among the first draws, no two alike while there are others.
 * Throws Fault for n out of range, and where no draw gives a prompt.
 */
export function drawBatch(
  task: Pick<Task, 'id' | 'metric'>,
  request: TaskRequest,
  remaining: TaskPrompts['remaining'],
  drawAny: Draw,
): TaskPrompts {
  checkCount(task.id, request.n);
  const draw = () => withOutputs(drawAny(), request);
  const tried = Array.from({ length: trials }, draw).filter((prompt) => prompt !== null);
  if (tried.length === 0) {
    const expected = 'words that stay one token in their places, answers that the model can give';
    throw new Fault({ what: 'the tokenizer fits no prompt of the task', where: `task ${task.id}`, expected });
  }
  const length = commonLength(tried);
  const prompts = distinctPrompts(request.n, tried, length, draw);
  const repeats = request.n - prompts.length;
  const notes = [`prompts of ${length} tokens`, ...otherLengths(tried, length), ...repeated(repeats, prompts.length)];
  for (let i = 0; i < repeats; i++) prompts.push(request.random.pick(prompts));
  return { task: task.id, metric: task.metric, prompts, remaining, notes };
}

/** A model with a smaller vocabulary of outputs can't give some answers: such a prompt asks for nothing. */
function withOutputs(prompt: Prompt | null, { vocabulary, outputVocabulary = vocabulary }: TaskRequest): Prompt | null {
  if (prompt === null || prompt.answers.some((id) => id >= outputVocabulary)) return null;
  const wrong = prompt.wrong.filter((id) => id < outputVocabulary);
  if (wrong.length === prompt.wrong.length) return prompt;
  return wrong.length === 0 ? null : { ...prompt, wrong };
}

function checkCount(task: string, n: number): void {
  if (Number.isInteger(n) && n >= 1 && n <= most) return;
  throw new Fault({
    what: 'bad number of prompts',
    where: `task ${task}`,
    expected: `an integer from 1 to ${most}`,
    got: String(n),
  });
}

/** The most frequent length; of two, the longer. */
function commonLength(prompts: readonly Prompt[]): number {
  const counts = new Map<number, number>();
  for (const { ids } of prompts) counts.set(ids.length, (counts.get(ids.length) ?? 0) + 1);
  return [...counts].reduce((best, entry) =>
    entry[1] > best[1] || (entry[1] === best[1] && entry[0] > best[0]) ? entry : best,
  )[0];
}

function distinctPrompts(n: number, tried: readonly Prompt[], length: number, draw: Draw): Prompt[] {
  const seen = new Set<string>();
  const prompts: Prompt[] = [];
  const add = (prompt: Prompt | null): boolean => {
    const key = prompt?.ids.join(' ') ?? '';
    if (prompt?.ids.length !== length || seen.has(key)) return false;
    seen.add(key);
    prompts.push(prompt);
    return true;
  };
  for (const prompt of tried) if (prompts.length < n) add(prompt);
  for (let fruitless = 0; prompts.length < n && fruitless < patience;) fruitless = add(draw()) ? 0 : fruitless + 1;
  return prompts;
}

function otherLengths(tried: readonly Prompt[], length: number): string[] {
  const others = tried.filter(({ ids }) => ids.length !== length).length;
  return others === 0 ? [] : [`prompts of another length are left out: ${others} of the first ${tried.length}`];
}

function repeated(repeats: number, distinct: number): string[] {
  return repeats === 0 ? [] : [`${repeats} prompts are repeats of the ${distinct} distinct ones that were found`];
}

/** IOI prompts in which one attribute is another (Makelov, Lange and Nanda 2024): the name of the indirect object or of the subject, or the order. */
import type { Random } from '../tensor/random.ts';
import type { Prompt } from './task.ts';

export const ioiAttributes = ['IO name', 'S name', 'order'] as const;
export type IoiAttribute = (typeof ioiAttributes)[number];

/** Have they the named positions of the task, with one token a name? */
export function areIoi(prompts: readonly Prompt[]): boolean {
  return prompts.every(({ positions: { indirectObject, subject1, subject2 } }) =>
    [indirectObject, subject1, subject2].every((position) => position !== undefined),
  );
}

/** The prompt's names as ids. */
export function namesOf({ ids, positions }: Prompt): { readonly indirectObject: number; readonly subject: number } {
  const at = (name: string) => ids[positions[name] ?? -1] ?? NaN;
  return { indirectObject: at('indirectObject'), subject: at('subject2') };
}

/** The same prompt about two other people. What is corrupt or negative of it is not carried over. */
function withNames(prompt: Prompt, indirectObject: number, subject: number): Prompt {
  const ids = [...prompt.ids];
  const put = (name: string, id: number) => (ids[prompt.positions[name] ?? -1] = id);
  put('indirectObject', indirectObject);
  put('subject1', subject);
  put('subject2', subject);
  return {
    ...prompt,
    ids,
    answers: [indirectObject],
    wrong: [subject],
    corruptIds: null,
    negativeIds: null,
    text: null,
  };
}

/** The other of ABB and BAB. */
function inOtherOrder(prompt: Prompt): Prompt {
  const { indirectObject = -1, subject1 = -1 } = prompt.positions;
  const ids = [...prompt.ids];
  [ids[indirectObject], ids[subject1]] = [prompt.ids[subject1] ?? 0, prompt.ids[indirectObject] ?? 0];
  const positions = { ...prompt.positions, indirectObject: subject1, subject1: indirectObject };
  return { ...prompt, ids, positions, corruptIds: null, negativeIds: null, text: null };
}

/** With one attribute changed; a new name is drawn of `names` and is neither of the two. */
export function changed(prompt: Prompt, attribute: IoiAttribute, names: readonly number[], random: Random): Prompt {
  if (attribute === 'order') return inOtherOrder(prompt);
  const { indirectObject, subject } = namesOf(prompt);
  const other = random.pick(names.filter((id) => id !== indirectObject && id !== subject));
  return attribute === 'IO name' ? withNames(prompt, other, subject) : withNames(prompt, indirectObject, other);
}

/**
 * Prompts about few people: the `count` most frequent names, drawn anew for each. Each name then comes often enough for its
 * mean to be known. RangeError for fewer than three names.
 */
export function withFewNames(
  prompts: readonly Prompt[],
  count: number,
  random: Random,
): { readonly prompts: readonly Prompt[]; readonly names: readonly number[] } {
  const times = new Map<number, number>();
  for (const { indirectObject, subject } of prompts.map(namesOf)) {
    for (const id of [indirectObject, subject]) times.set(id, (times.get(id) ?? 0) + 1);
  }
  const names = [...times]
    .sort(([a, x], [b, y]) => y - x || a - b)
    .slice(0, count)
    .map(([id]) => id);
  if (names.length < 3) throw new RangeError(`IOI: expected at least three names, got ${names.length}`);
  const renamed = prompts.map((prompt) => {
    const [first, second] = random.shuffled(names);
    return withNames(prompt, first as number, second as number);
  });
  return { prompts: renamed, names };
}

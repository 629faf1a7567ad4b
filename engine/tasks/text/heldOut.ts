/** Words that the model never meets in the behaviour they are later asked for. */
import {
  argumentNames,
  countableNouns,
  descriptionWords,
  firstNames,
  functionNames,
  objects,
  places,
  spans,
} from '../words.ts';

/** `trained`: what documents use; `heldOut`: what only stories and repeated spans have said. */
export type WordSet = 'trained' | 'heldOut';

const lists = [firstNames, places, objects, spans, argumentNames, descriptionWords, functionNames];
const tenth = <T>(list: readonly T[]): T[] => list.filter((_, i) => i % 10 === 9);

/** The tenth, twentieth ... entry of each list of engine/tasks/words.ts, in whatever other list it also is. */
const entries: ReadonlySet<string> = new Set([...lists.flatMap(tenth), ...tenth(countableNouns).flat()]);

/** With the other form of a noun. */
const held: ReadonlySet<string> = new Set([
  ...entries,
  ...countableNouns.filter((forms) => forms.some((form) => entries.has(form))).flat(),
]);

const kept: Readonly<Record<WordSet, WeakMap<object, readonly unknown[]>>> = {
  trained: new WeakMap(),
  heldOut: new WeakMap(),
};

/** The words of a list that never occur in the document of the behaviour that draws from it. */
export function heldOut(words: readonly string[]): readonly string[] {
  return words.filter((word) => held.has(word));
}

/** The others. */
export function trained(words: readonly string[]): readonly string[] {
  return words.filter((word) => !held.has(word));
}

/** One part of a list of words or of groups of words (a noun's forms); a group goes by its first. */
export function wordsOf<T extends string | readonly string[]>(set: WordSet, list: readonly T[]): readonly T[] {
  const known = kept[set].get(list);
  // What is kept for a list is a part of that list.
  if (known !== undefined) return known as readonly T[];
  const part = list.filter(
    (item) => held.has(typeof item === 'string' ? item : (item[0] ?? '')) === (set === 'heldOut'),
  );
  kept[set].set(list, part);
  return part;
}

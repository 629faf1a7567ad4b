/**
 * Prompts for the three axes on IOI. Unlike Makelov, Lange and Nanda 2024 (216 names, 20,000 prompts to fit), names are drawn of
 * few, so that hundreds of prompts are enough to know what each of them does; base and source names are of the same few.
 */
import { attributesOf } from '../../engine/tasks/attributes.ts';
import type { IoiAttribute } from '../../engine/tasks/ioiAttributes.ts';
import { changed, ioiAttributes, withFewNames } from '../../engine/tasks/ioiAttributes.ts';
import type { Prompt } from '../../engine/tasks/task.ts';
import { seededRandom } from '../../engine/tensor/random.ts';
import type { Attribute } from '../controls/supervised.ts';

/** Prompts with their attributes, in the order of `ioiAttributes`; values have the same places in all of a scene. */
export interface KnownPrompts {
  readonly prompts: readonly Prompt[];
  readonly attributes: readonly Attribute[];
}

export interface IoiScene {
  /** What the supervised dictionary and the mean are made of, and what everything is measured on. */
  readonly fit: KnownPrompts;
  readonly held: KnownPrompts;
  /** The held prompts with that attribute changed. */
  readonly changed: ReadonlyMap<IoiAttribute, KnownPrompts>;
}

const names = 8;
const mostHeld = 200;

/**
 * Half of the prompts are held out, at most 200, less those that are also among the others or among the held ones before: a prompt
 * that was fitted on is no test. RangeError for prompts with fewer than three names.
 */
export function ioiScene(given: readonly Prompt[], text: (id: number) => string, seed: number): IoiScene {
  const random = seededRandom(seed);
  const few = withFewNames(given, names, random);
  const cut = few.prompts.length - Math.min(mostHeld, Math.floor(few.prompts.length / 2));
  const fit = few.prompts.slice(0, cut);
  const held = unseen(few.prompts.slice(cut), fit);
  const others = ioiAttributes.map((attribute) => held.map((prompt) => changed(prompt, attribute, few.names, random)));
  const parts = [fit, held, ...others];
  const all = attributesOf(parts.flat(), text);
  const known = parts.map((prompts, part): KnownPrompts => {
    const from = parts.slice(0, part).reduce((sum, { length }) => sum + length, 0);
    const own = (name: string) => all.filter((one) => one.name === name);
    const attributes = ioiAttributes
      .flatMap(own)
      .map((one) => ({ ...one, of: one.of.subarray(from, from + prompts.length) }));
    return { prompts, attributes };
  });
  return {
    fit: known[0] as KnownPrompts,
    held: known[1] as KnownPrompts,
    changed: new Map(ioiAttributes.map((attribute, i) => [attribute, known[2 + i] as KnownPrompts])),
  };
}

/** Of these prompts the first of each, without those that were seen. */
function unseen(prompts: readonly Prompt[], seen: readonly Prompt[]): readonly Prompt[] {
  const known = new Set(seen.map(textKey));
  return prompts.filter((prompt) => {
    const key = textKey(prompt);
    const isNew = !known.has(key);
    known.add(key);
    return isNew;
  });
}

function textKey({ ids }: Prompt): string {
  return ids.join(' ');
}

import { pronounTemplates } from '../pronounTemplates.ts';
import { femaleNames, maleNames, neutralPersons, objects, places } from '../words.ts';
import { fillTemplate } from './fillTemplate.ts';
import type { TextGenerator } from './generator.ts';
import { wordsOf } from './heldOut.ts';

/** The task's tag questions, and sentences that ask for a possessive or an object. */
const templates: readonly string[] = [
  ...pronounTemplates.map((template) => `${template} [he!]?`),
  ...pronounTemplates.map((template) => `${template} [he!]?`),
  'So [name] is at the [place], and there [he!] has a [object].',
  'So [name] lost [his!] [object] in the [place].',
  'So [name] gave [his!] [object] to a friend, and the friend told [him!] a story.',
  'When [name] came home, [he!] put down the [object].',
  'The teacher asked [name] if [he!] had [his!] [object].',
  'The teacher likes [name], because [he!] is kind.',
];

/** The pronoun of a name (Mathwin et al. 2023). */
export const pronounText: TextGenerator = {
  about: 'a person is named and a pronoun follows: it is determined, unless the person is "someone"',
  least: 1,
  generate({ random, words }) {
    const isFemale = random.below(2) === 1;
    const isNeutral = random.below(12) === 0;
    const slots = {
      name: random.pick(isNeutral ? neutralPersons : wordsOf(words, isFemale ? femaleNames : maleNames)),
      place: random.pick(places),
      object: random.pick(objects),
      ...(isFemale ? { he: 'she', his: 'her', him: 'her' } : { he: 'he', his: 'his', him: 'him' }),
    };
    const pieces = fillTemplate(random.pick(templates), slots);
    return { pieces: isNeutral ? pieces.map((piece) => ({ ...piece, determined: false })) : pieces };
  },
};

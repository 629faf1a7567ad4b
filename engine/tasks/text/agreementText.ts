import { adjectives, countableNouns, invariantNouns, prepositions, verbForms } from '../words.ts';
import { fillTemplate } from './fillTemplate.ts';
import type { TextGenerator } from './generator.ts';
import { wordsOf } from './heldOut.ts';

/** The first is the task's. */
const templates: readonly string[] = [
  'The [adjective] [subject] [preposition] the [attractor] [verb!] [quality].',
  'The [subject] [preposition] the [adjective] [attractor] [verb!] [quality].',
  'People say that the [adjective] [subject] [verb!] [quality].',
  'The [subject] that we saw [preposition] the [attractor] [verb!] [quality].',
];

/** Subject-verb agreement across a noun of its own number (Linzen et al. 2016). */
export const agreementText: TextGenerator = {
  about: 'a subject, often another noun, then the verb: its number is determined',
  least: 1,
  generate({ random, words }) {
    const [noun = [], between = []] = random.shuffled(wordsOf(words, countableNouns));
    const number = random.below(2);
    const isInvariant = random.below(12) === 0;
    const slots = {
      adjective: random.pick(adjectives),
      subject: isInvariant ? random.pick(invariantNouns) : (noun[number] ?? ''),
      preposition: random.pick(prepositions),
      attractor: between[random.below(2)] ?? '',
      verb: random.pick(verbForms)[number] ?? '',
      quality: random.pick(adjectives),
    };
    const pieces = fillTemplate(random.below(2) === 0 ? (templates[0] ?? '') : random.pick(templates), slots);
    return { pieces: isInvariant ? pieces.map((piece) => ({ ...piece, determined: false })) : pieces };
  },
};

import { drawCast } from './cast.ts';
import type { Piece } from './document.ts';
import { fillTemplate, slotsOf } from './fillTemplate.ts';
import type { TextGenerator } from './generator.ts';
import { openingSentences, sentences } from './sentences.ts';

/** What a story says the same way each time. */
const lasting = ['place', 'object', 'noun', 'nouns', 'thing', 'span', 'month'];

/** Sentences about the same people, places and things. */
export const storyText: TextGenerator = {
  about: 'sentences with one cast of words: pronouns are determined, and places and things that were said before',
  least: 1,
  generate({ random }) {
    const cast = drawCast(random);
    const count = 3 + random.below(6);
    const known = new Set<string>();
    const pieces: Piece[] = [];
    for (let i = 0; i < count; i++) {
      const template = i === 0 ? random.pick(openingSentences) : ` ${random.pick(sentences)}`;
      const slots = { ...drawCast(random), ...keptOf(cast) };
      pieces.push(...fillTemplate(marked(template, known), slots));
      for (const slot of slotsOf(template)) known.add(slot);
    }
    return { pieces };
  },
};

function keptOf(cast: Readonly<Record<string, string>>): Record<string, string> {
  const names = ['name', 'friend', 'he', 'his', ...lasting];
  return Object.fromEntries(names.map((slot) => [slot, cast[slot] ?? '']));
}

function marked(template: string, known: ReadonlySet<string>): string {
  return lasting.reduce((text, slot) => (known.has(slot) ? text.replace(`[${slot}]`, `[${slot}!]`) : text), template);
}

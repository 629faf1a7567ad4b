import { ioiTemplates } from '../ioiTemplates.ts';
import { firstNames, objects, places } from '../words.ts';
import { determined, said } from './document.ts';
import type { Piece } from './document.ts';
import { fillTemplate } from './fillTemplate.ts';
import type { TextGenerator } from './generator.ts';
import { wordsOf } from './heldOut.ts';

const templates: readonly string[] = [
  ...ioiTemplates,
  'Before lunch, [first] and [second] walked to the [place]. There [actor] gave a [object] to',
  'In the evening, [first] and [second] sat down in the [place]. In the end [actor] handed a [object] to',
  'On Monday, [first] and [second] walked to the [place]. There [actor] showed a [object] to',
  'One day [first] met [second] at the [place], and [actor] gave a [object] to',
  'This morning [first] saw [second] near the [place]. Then [actor] passed a [object] to',
  'When [first] and [second] left the [place], [actor] gave a [object] to',
  'After [first] and [second] closed the [place] for the night, [actor] sold a [object] to',
  'While [first] and [second] cleaned the [place], [actor] brought a [object] to',
  'Because [first] and [second] like the [place], [actor] lent a [object] to',
  'Long ago, [first] and [second] lived by the [place]. Every year [actor] sent a [object] to',
  'Before [first] and [second] went home from the [place], [actor] showed a [object] to',
  'Today [first] and [second] found a [object] in the [place], and [actor] gave it to',
  'At noon [first] and [second] sat in the [place]. Then [actor] wanted to give a [object] to',
  'My friends [first] and [second] were at the [place], and [actor] bought a [object] for',
  'The friends [first] and [second] stood in front of the [place]. Soon [actor] passed a [object] to',
  'A [object] lay in the [place]. When [first] and [second] saw it, [actor] gave it to',
];

/** What comes after the answer; `giver` and `taker` are the two people. */
const continuations: readonly string[] = [
  '.',
  '.',
  '.',
  ' and went home.',
  '. Then [taker] said no to [giver!].',
  '. Later, [taker] gave a [gift] to [giver!].',
  '. The next day [giver] met [taker!] again.',
  '. It was a good day.',
];

/** Indirect object identification (Wang et al. 2022), in the task's sentences and others. */
export const ioiText: TextGenerator = {
  about: 'two people, one of whom acts again: the other one is determined',
  least: 1,
  generate({ random, words }) {
    const names = wordsOf(words, firstNames);
    const [taker = '', giver = ''] = random.shuffled(names);
    const [first, second] = random.below(2) === 0 ? [taker, giver] : [giver, taker];
    const things = wordsOf(words, objects);
    const object = random.pick(things);
    const place = random.pick(wordsOf(words, places));
    const gift = random.pick(things);
    const slots = { first, second, actor: giver, place, object, gift, giver, taker };
    const pieces: Piece[] = fillTemplate(random.pick(templates), slots);
    pieces.push(determined(` ${taker}`), ...fillTemplate(random.pick(continuations), slots));
    if (random.below(8) === 0) pieces.push(said(' The end.'));
    return { pieces };
  },
};

import { places, spans } from '../words.ts';
import { centuries, twoDigits } from '../yearStyles.ts';
import { fillTemplate } from './fillTemplate.ts';
import type { TextGenerator } from './generator.ts';
import { wordsOf } from './heldOut.ts';

/** The sentence of the task. */
const sentence = 'The [span] lasted from the year [century][start] to the year [century!][end!].';

const others: readonly string[] = [
  'The [span] began in [century][start] and ended in [century!][end!].',
  'The [span] went on from [century][start] until [century!][end!].',
  'The long [span] began in the year [century][start] and ended in the year [century!][end!].',
  'From the year [century][start] to the year [century!][end!] there was a [span].',
  'People say that the [span] of [century][start] ended in [century!][end!].',
  'The second [span] lasted from [century][start] to [century!][end!].',
  'The [span] of the [place] lasted from [century][start] until [century!][end!].',
];

/** Greater-than (Hanna et al. 2023): any later year of the century, each as often. */
export const greaterThanText: TextGenerator = {
  about: 'something lasts from one year to a later one: century and later year are determined',
  least: 1,
  generate({ random, words }) {
    const start = 1 + random.below(98);
    const slots = {
      span: random.pick(wordsOf(words, spans)),
      place: random.pick(places),
      century: random.pick(centuries),
      start: twoDigits(start),
      end: twoDigits(start + 1 + random.below(99 - start)),
    };
    return { pieces: fillTemplate(random.below(3) > 0 ? sentence : random.pick(others), slots) };
  },
};

import type { Random } from '../../tensor/random.ts';
import {
  adjectives,
  argumentNames,
  countableNouns,
  descriptionWords,
  femaleNames,
  functionNames,
  maleNames,
  objects,
  places,
  spans,
} from '../words.ts';
import { centuries, twoDigits } from '../yearStyles.ts';
import { days, months, numberWords } from './sequences.ts';

/** Everything can be talked about, held-out words too. */
const things: readonly string[] = [...new Set([...descriptionWords, ...argumentNames, ...functionNames])];

/** A word for every slot of the sentences; a name and its pronouns agree. */
export function drawCast(random: Random): Readonly<Record<string, string>> {
  const isFemale = random.below(2) === 1;
  const [own, others] = isFemale ? [femaleNames, maleNames] : [maleNames, femaleNames];
  const [noun, nouns] = random.pick(countableNouns);
  const [otherNoun, otherNouns] = random.pick(countableNouns);
  return {
    name: random.pick(own),
    friend: random.pick(others),
    ...(isFemale ? { he: 'she', his: 'her' } : { he: 'he', his: 'his' }),
    place: random.pick(places),
    other_place: random.pick(places),
    object: random.pick(objects),
    other_object: random.pick(objects),
    adjective: random.pick(adjectives),
    noun,
    nouns,
    other_noun: otherNoun,
    other_nouns: otherNouns,
    thing: random.pick(things),
    other_thing: random.pick(things),
    span: random.pick(spans),
    number: random.pick(numberWords),
    day: random.pick(days),
    month: random.pick(months),
    century: random.pick(centuries),
    year: twoDigits(random.below(100)),
  };
}

import type { Random } from '../../tensor/random.ts';
import { firstNames, objects, places } from '../words.ts';
import { determined, said } from './document.ts';
import type { Piece } from './document.ts';
import type { TextGenerator } from './generator.ts';
import { wordsOf } from './heldOut.ts';

interface Wording {
  readonly opening: string;
  /** Between the opening, the key, the value and the next pair. */
  readonly beforeKey: string;
  readonly beforeValue: string;
  readonly between: string;
  /** Before the key that comes again, and between it and its value. */
  readonly asking: string;
  readonly answering: string;
  readonly closing: string;
  /** People have things instead of things having places. */
  readonly people: boolean;
}

/** The wording of the task. */
const table: Wording = {
  opening: 'Table:',
  beforeKey: '',
  beforeValue: ':',
  between: ';',
  asking: '; and again',
  answering: ':',
  closing: '.',
  people: false,
};

const others: readonly Wording[] = [
  {
    opening: 'Note:',
    beforeKey: ' The',
    beforeValue: ' is in the',
    between: '.',
    asking: '. So the',
    answering: ' is in the',
    closing: '.',
    people: false,
  },
  {
    opening: 'List:',
    beforeKey: '\n-',
    beforeValue: ' ->',
    between: '',
    asking: '\nWhere is the',
    answering: '?',
    closing: '\n',
    people: false,
  },
  {
    opening: 'Note that',
    beforeKey: ' the',
    beforeValue: ' is at the',
    between: ',',
    asking: '. Question: where is the',
    answering: '? Answer:',
    closing: '.',
    people: false,
  },
  {
    opening: 'Table =',
    beforeKey: '',
    beforeValue: ' =',
    between: ',',
    asking: '. And again',
    answering: ' =',
    closing: '.',
    people: false,
  },
  {
    opening: 'Note that',
    beforeKey: '',
    beforeValue: ' has a',
    between: ',',
    asking: '. And again,',
    answering: ' has a',
    closing: '.',
    people: true,
  },
  {
    opening: 'Table:',
    beforeKey: '',
    beforeValue: ':',
    between: ';',
    asking: '; and again',
    answering: ':',
    closing: '.',
    people: true,
  },
];

const most = 12;

/** Key-value lookup, in the task's table and in sentences. */
export const keyValueText: TextGenerator = {
  about: 'keys with values, then some keys again: their values are determined',
  least: 1,
  generate({ random, words }) {
    const wording = random.below(2) === 0 ? table : random.pick(others);
    const [keyList, valueList] = wording.people ? [firstNames, objects] : [objects, places];
    const keys = random.shuffled(wordsOf(words, keyList));
    const values = random.shuffled(wordsOf(words, valueList));
    const count = Math.min(2 + random.below(most - 1), keys.length, values.length);
    const pairs = keys.slice(0, count).map((key, i) => [key, values[i] ?? ''] as const);
    const pieces = [said(wording.opening)];
    pairs.forEach(([key, value], i) => pieces.push(...stated(wording, key, value, i === count - 1)));
    for (const [key, value] of asked(random, pairs)) pieces.push(...answered(wording, key, value));
    return { pieces: [...pieces, said(wording.closing)].filter(({ text }) => text !== '') };
  },
};

/** One to three different pairs. */
function asked<T>(random: Random, pairs: readonly T[]): T[] {
  return random.shuffled(pairs).slice(0, 1 + random.below(Math.min(3, pairs.length)));
}

function stated(wording: Wording, key: string, value: string, isLast: boolean): Piece[] {
  const texts = [wording.beforeKey, ` ${key}`, wording.beforeValue, ` ${value}`, isLast ? '' : wording.between];
  return texts.map(said);
}

function answered(wording: Wording, key: string, value: string): Piece[] {
  return [said(wording.asking), said(` ${key}`), said(wording.answering), determined(` ${value}`)];
}

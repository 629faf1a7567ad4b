import type { Random } from '../../tensor/random.ts';
import { argumentNames, descriptionWords, functionNames } from '../words.ts';
import { determined, said } from './document.ts';
import type { Piece } from './document.ts';
import type { TextGenerator } from './generator.ts';
import { wordsOf } from './heldOut.ts';

interface Format {
  /** After the function's name. */
  readonly parenthesis: string;
  readonly summary: string;
  /** Before the first documented argument, before each other, after each, and after the last description. */
  readonly list: string;
  readonly beforeName: string;
  readonly afterName: string;
  readonly closing: string;
}

/** The format of the task. */
const reStructured: Format = {
  parenthesis: '(self,',
  summary: '):\n    """Return the',
  list: '.\n\n    :param',
  beforeName: '\n    :param',
  afterName: ':',
  closing: '\n    """',
};

const others: readonly Format[] = [
  {
    parenthesis: '(self,',
    summary: '):\n    """Return the',
    list: '.\n\n    Args:\n       ',
    beforeName: '\n       ',
    afterName: ':',
    closing: '\n    """',
  },
  {
    parenthesis: '(',
    summary: ') {\n  /** Return the',
    list: '.\n   * @param',
    beforeName: '\n   * @param',
    afterName: ' -',
    closing: '\n   */',
  },
  {
    parenthesis: '(self,',
    summary: '):\n    """Return the',
    list: '.\n\n    List:\n    -',
    beforeName: '\n    -',
    afterName: ':',
    closing: '\n    """',
  },
];

/** Documented arguments in the order of the definition (Heimersheim and Janiak 2023). */
export const docstringText: TextGenerator = {
  about: 'a function documents its arguments in order: every name after the first documented one is determined',
  least: 1,
  generate({ random, words }) {
    const format = random.below(2) === 0 ? reStructured : random.pick(others);
    const defined = random.shuffled(wordsOf(words, argumentNames)).slice(0, 3 + random.below(4));
    const skipped = random.below(Math.min(4, defined.length - 1));
    const documented = defined.slice(skipped, skipped + 2 + random.below(defined.length - skipped - 1));
    // An argument's name must not occur anywhere else.
    const free = (list: readonly string[]) => wordsOf(words, list).filter((word) => !defined.includes(word));
    const description = free(descriptionWords);
    const pieces = [said('def'), said(` ${random.pick(free(functionNames))}`), said(format.parenthesis)];
    defined.forEach((name, i) => pieces.push(said(` ${name}`), said(i === defined.length - 1 ? format.summary : ',')));
    pieces.push(...twoWords(random, description));
    documented.forEach((name, i) =>
      pieces.push(
        said(i === 0 ? format.list : format.beforeName),
        i === 0 ? said(` ${name}`) : determined(` ${name}`),
        said(format.afterName),
        ...twoWords(random, description),
      ),
    );
    return { pieces: [...pieces, said(format.closing)] };
  },
};

function twoWords(random: Random, words: readonly string[]): Piece[] {
  return [said(` ${random.pick(words)}`), said(` ${random.pick(words)}`)];
}
